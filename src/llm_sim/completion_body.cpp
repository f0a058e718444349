#include "llm_sim/completion_body.hpp"

#include <prelabel/base/json_text.hpp>

#include <optional>

namespace prelabel::llm_sim {
namespace {

void append_or_null(const std::optional<std::string>& text, std::string& out) {
    if (text) {
        append_json_string(*text, out);
    } else {
        out += "null";
    }
}

}  // namespace

std::string hex(std::uint64_t value) {
    std::string digits(16, '0');
    for (std::size_t i = 0; i < digits.size(); ++i) digits[i] = "0123456789abcdef"[value >> (60 - 4 * i) & 0xF];
    return digits;
}

std::string completion_body(std::string_view id, std::string_view model, const Answer& answer, const Charge& charge,
                            WallTime created) {
    std::string body;
    body.reserve(700 + (answer.content ? answer.content->size() * 5 / 4 : 0));
    body += R"({"id":")";
    body += id;
    body += R"(","object":"chat.completion","created":)";
    body += std::to_string(std::chrono::floor<std::chrono::seconds>(created.time_since_epoch()).count());
    body += R"(,"model":)";
    append_json_string(model, body);
    body += R"(,"choices":[{"index":0,"message":{"role":"assistant","content":)";
    append_or_null(answer.content, body);
    if (!answer.reasoning_field.empty()) {
        body += ",\"";
        body += answer.reasoning_field;
        body += "\":";
        append_json_string(thoughts, body);
    }
    body += R"(,"refusal":)";
    append_or_null(answer.refusal, body);
    body += R"(,"annotations":[]},"logprobs":null,"finish_reason":")";
    body += answer.finish;
    body += R"("}],"usage":{"prompt_tokens":)";
    body += std::to_string(charge.prompt_tokens);
    body += R"(,"completion_tokens":)";
    body += std::to_string(charge.completion_tokens);
    body += R"(,"total_tokens":)";
    body += std::to_string(charge.prompt_tokens + charge.completion_tokens);
    body += R"(,"prompt_tokens_details":{"cached_tokens":)";
    body += std::to_string(charge.cached_tokens);
    body += R"(,"audio_tokens":0},"completion_tokens_details":{"reasoning_tokens":0,"audio_tokens":0,)"
            R"("accepted_prediction_tokens":0,"rejected_prediction_tokens":0}},)"
            R"("service_tier":"default","system_fingerprint":"fp_llm_sim"})";
    return body;
}

}  // namespace prelabel::llm_sim
