#pragma once

#include <prelabel/base/enum_names.hpp>
#include <prelabel/base/time.hpp>
#include <prelabel/llm/reply_class.hpp>
#include <prelabel/llm/usage.hpp>

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>

namespace prelabel::llm {

enum class FinishReason { stop, length, content_filter, refusal, other };
constexpr auto enum_names(FinishReason) {
    return std::to_array<EnumName<FinishReason>>({
        {FinishReason::stop, "stop"},
        {FinishReason::length, "length"},
        {FinishReason::content_filter, "content_filter"},
        {FinishReason::refusal, "refusal"},
        {FinishReason::other, "other"},
    });
}

/// The limits that a reply's headers state. Unit: per minute;
/// zero: not stated, or not per minute (some accounts have daily limits).
struct ShownLimits {
    std::uint64_t requests_per_minute = 0;
    std::uint64_t tokens_per_minute = 0;
};

/// A reply that was paid for.
struct Completion {
    std::string response_id;
    std::string model{};  ///< the one that answered, as the reply names it; may be another than was asked
    std::string content;  ///< the assistant's text, unchanged
    FinishReason finish = FinishReason::stop;
    Usage usage;  ///< tokens only if the server states them; the rest is filled by code that knows the price
    bool usage_malformed = false;  ///< the server's counts cannot be true and were cut to a possible value
    ShownLimits limits;
};

/// Whether the server has counted what the answer took: a request has tokens, and so has a text.
[[nodiscard]] inline bool is_counted(const Completion& completion) {
    const Usage& usage = completion.usage;
    return usage.input_tokens > 0 && (usage.output_tokens > 0 || completion.content.empty());
}

/// A call that gave no answer. `message` is for people:
/// status and the provider's error code, never document text or keys.
struct CallFailure {
    ReplyClass reply = ReplyClass::connection;
    int http_status = 0;                  ///< 0: no response
    std::optional<Duration> retry_after;  ///< the wait that the provider asked for
    bool sent = true;                     ///< false: certainly not sent, so certainly not paid
    std::string message;
    std::string parameter;  ///< the request's field that was refused, if the provider names one; else empty
    std::string key = {};   ///< the configuration's key that a person has to change: no request is taken before
    std::string said;       ///< the provider's sentence. It may quote the document: see own_words()
    ShownLimits limits;
    Usage usage{};  ///< what the reply states all the same: a server counts what it charges
};

using CallOutcome = std::variant<Completion, CallFailure>;

}  // namespace prelabel::llm
