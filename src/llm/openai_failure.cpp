#include "llm/openai_failure.hpp"

#include <prelabel/base/ascii.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <span>
#include <string>

namespace prelabel::llm {
namespace {

bool is_any(std::string_view word, std::span<const std::string_view> words) {
    return std::ranges::find(words, word) != words.end();
}

constexpr std::array<std::string_view, 9> money_words = {"insufficient_quota",
                                                         "credit_balance_exhausted",
                                                         "organization_usage_limit_exceeded",
                                                         "enforced_spend_limit_reached",
                                                         "billing_hard_limit_reached",
                                                         "billing_not_active",
                                                         "budget_exceeded",
                                                         "insufficient_balance",
                                                         "insufficient_user_quota"};

constexpr std::array<std::string_view, 6> length_words = {"context_length_exceeded",   "string_above_max_length",
                                                          "exceed_context_size_error", "contextwindowexceedederror",
                                                          "context_window_exceeded",   "request_too_large"};

constexpr std::array<std::string_view, 4> filter_words = {
    "content_filter", "content_policy_violation", "contentpolicyviolationerror", "responsibleaipolicyviolation"};

constexpr std::array<std::string_view, 3> model_words = {"model_not_found", "invalid_model", "deploymentnotfound"};

/// vLLM, llama.cpp and others have no code of their own for it.
constexpr std::array<std::string_view, 5> length_phrases = {"context length", "context size", "context window",
                                                            "contextwindowexceeded", "prompt is too long"};

/// A 429 that no waiting heals: the request alone is more than a minute's tokens. It has the code of any other 429.
constexpr std::string_view larger_than_the_limit = "request too large";

bool names(const OpenAiReply& reply, std::span<const std::string_view> words) {
    return is_any(lowered(reply.error_code), words) || is_any(lowered(reply.error_type), words);
}

bool means_money(const OpenAiReply& reply) {
    return names(reply, money_words) || lowered(reply.error_code).ends_with("_spend_limit_exceeded") ||
           lowered(reply.error_type).ends_with("_spend_limit_exceeded");
}

bool means_length(const OpenAiReply& reply) {
    if (names(reply, length_words)) return true;
    const std::string message = lowered(reply.error_message);
    return std::ranges::any_of(length_phrases,
                               [&](std::string_view phrase) { return message.find(phrase) != std::string::npos; });
}

bool says_larger_than_the_limit(const OpenAiReply& reply) {
    return lowered(reply.error_message).find(larger_than_the_limit) != std::string::npos;
}

ReplyClass classify_bad_request(const OpenAiReply& reply, std::string_view should_retry) {
    if (names(reply, filter_words)) return ReplyClass::content_filter;
    if (names(reply, model_words)) return ReplyClass::model_missing;
    if (means_length(reply)) return ReplyClass::context_length;
    return should_retry == "true" ? ReplyClass::overloaded : ReplyClass::rejected;
}

bool is_identifier(std::string_view text) {
    constexpr std::size_t length_max = 64;
    return !text.empty() && text.size() <= length_max && std::ranges::all_of(text, [](char c) {
        return (lowered(c) >= 'a' && lowered(c) <= 'z') || (c >= '0' && c <= '9') ||
               std::string_view("_-.[]").find(c) != std::string_view::npos;
    });
}

}  // namespace

ReplyClass classify_openai_failure(int status, const OpenAiReply& reply, std::string_view should_retry) {
    const std::string retry = lowered(should_retry);
    if (status == 402 || (status >= 400 && status < 500 && means_money(reply))) return ReplyClass::out_of_money;
    if (status >= 200 && status < 300) return ReplyClass::malformed_reply;
    if (status >= 300 && status < 400) return ReplyClass::model_missing;
    switch (status) {
        case 401:
        case 407:  // a proxy on the way
            return ReplyClass::unauthorized;
        case 403:
            return ReplyClass::forbidden;
        case 404:
        case 405:
            return ReplyClass::model_missing;
        case 413:
            return ReplyClass::context_length;
        case 429:
            if (says_larger_than_the_limit(reply)) return ReplyClass::context_length;
            return retry == "false" ? ReplyClass::out_of_money : ReplyClass::throttled;
        case 498:  // Groq's flex tier has no room
            return ReplyClass::throttled;
        case 408:
        case 409:
            return retry == "false" ? ReplyClass::rejected : ReplyClass::overloaded;
        default:
            break;
    }
    // Some servers answer 500 to a parameter they do not know: that never heals.
    const bool for_good = retry == "false" || (retry != "true" && !refused_parameter(reply).empty());
    if (status >= 500 && status < 600) return for_good ? ReplyClass::rejected : ReplyClass::overloaded;
    if (status >= 400 && status < 500) return classify_bad_request(reply, retry);
    return ReplyClass::malformed_reply;
}

std::string refused_parameter(const OpenAiReply& reply) {
    // Proxies in Python write their null as a word.
    const bool none = reply.error_param == "None" || reply.error_param == "null";
    return is_identifier(reply.error_param) && !none ? reply.error_param : std::string();
}

std::string describe_openai_failure(int status, const OpenAiReply& reply) {
    std::string text = "HTTP " + std::to_string(status);
    const auto add = [&](const char* what, const std::string& value) {
        if (is_identifier(value)) text += std::string(", ") + what + ' ' + value;
    };
    add("code", reply.error_code);
    add("type", reply.error_type);
    add("param", refused_parameter(reply));
    if (status == 429 && says_larger_than_the_limit(reply)) text += ": larger than the account's tokens a minute";
    return text;
}

}  // namespace prelabel::llm
