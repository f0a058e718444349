#include <prelabel/base/utf8.hpp>
#include <prelabel/llm/advice.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <string_view>

namespace prelabel::llm {
namespace {

struct KeyOf {
    std::string_view parameter;  ///< or its beginning
    std::string_view advice;
};

constexpr std::array keys = {
    KeyOf{"temperature", "the model takes no such value: remove or change llm.temperature"},
    KeyOf{
        "max_tokens",
        "set llm.output_limit_field: max_completion_tokens, or lower llm.max_output_tokens if the number is too high"},
    KeyOf{"max_completion_tokens",
          "set llm.output_limit_field: max_tokens, or lower llm.max_output_tokens if the number is too high"},
    KeyOf{"response_format", "an older server may need llm.response_format: json_object or none"},
    KeyOf{"model", "check llm.model"},
};

std::string for_rejected(const CallFailure& failure) {
    const auto key = std::ranges::find_if(
        keys, [&](const KeyOf& candidate) { return failure.parameter.starts_with(candidate.parameter); });
    if (key != keys.end()) return std::string(key->advice);
    if (!failure.parameter.empty()) return "the server refuses the request's " + failure.parameter;
    return "the server refuses the request: check llm.model and llm.api_key (gateways answer 400 to wrong ones), and "
           "llm.response_format: an older server may need json_object or none";
}

std::string for_key(const std::string& key) {
    if (key == "llm.max_output_tokens") return "the model takes no such number of output tokens: lower " + key;
    if (key == "llm.output_limit_field" || key.starts_with("llm.extra."))
        return "the model refuses what the request says there: remove or change " + key;
    if (key == "llm.api_key") return "no key is configured: " + key + " says where it is ({env: NAME} or {file: PATH})";
    return "check " + key;  // the model or an address; a proxy's may stand in a variable of the environment
}

}  // namespace

std::string advice(const CallFailure& failure) {
    if (!failure.key.empty()) return for_key(failure.key);
    switch (failure.reply) {
        case ReplyClass::unauthorized:
            if (failure.http_status == 407)
                return "the proxy wants a user name and a password: write them into llm.proxy or HTTPS_PROXY";
            return "the key is wrong: check llm.api_key";
        case ReplyClass::forbidden:
            return "the key is not allowed to use this model, or a firewall stops the request: check llm.api_key and "
                   "llm.model";
        case ReplyClass::out_of_money:
            return "the account has no money or quota left: top it up";
        case ReplyClass::model_missing:
            return "check llm.base_url (it ends in /v1 for most servers) and llm.model";
        case ReplyClass::connection:
        case ReplyClass::timed_out:
            return "check llm.base_url, the network and whether the server runs";
        case ReplyClass::malformed_reply:
            return "what answers at llm.base_url does not speak Chat Completions: check the address";
        case ReplyClass::context_length:
            return "no document fits the model: lower llm.max_output_tokens, which counts into the context of many "
                   "servers, shorten the task's examples, or take a model with a longer context";
        case ReplyClass::content_filter:
            return "the provider's filter stops every document: look at the task's wording";
        case ReplyClass::local_limit:
            return "raise this machine's limit (ulimit -n) or lower llm.limits.max_in_flight";
        case ReplyClass::rejected:
            return for_rejected(failure);
        default:
            return "try again later";
    }
}

std::string own_words(const CallFailure& failure) {
    constexpr std::size_t bytes_max = 300;
    return std::string(utf8::prefix(failure.said, bytes_max));
}

}  // namespace prelabel::llm
