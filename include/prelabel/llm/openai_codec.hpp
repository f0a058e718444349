#pragma once

#include <prelabel/llm/completion.hpp>
#include <prelabel/llm/message.hpp>
#include <prelabel/llm/settings.hpp>

#include <span>
#include <string>
#include <string_view>

namespace prelabel::llm {

/// `x-ratelimit-{limit,remaining,reset}-{requests,tokens}`, empty where absent.
struct RateHeaders {
    struct Quota {
        std::string_view limit;
        std::string_view remaining;
        std::string_view reset;
    };
    Quota requests;
    Quota tokens;
};

/// The parts of an HTTP reply that a codec reads. Header names are matched without regard to case.
struct HttpReply {
    int status = 0;
    std::string_view content_type;
    std::string_view retry_after;     ///< seconds (may be fractional) or an HTTP date; empty: absent
    std::string_view retry_after_ms;  ///< milliseconds; empty: absent
    std::string_view should_retry;    ///< `x-should-retry`: "true", "false" or empty
    RateHeaders rate;
    std::string_view body;
};

/// OpenAI's Chat Completions dialect, as OpenAI, vLLM, Ollama, LiteLLM and others speak it: bytes in, bytes out.
/// Strict in what it sends, lenient in what it reads (no `refusal`, string or integer `code`, text/plain errors).
///
/// Request:  {"model", "messages", "temperature"?, "max_tokens" | "max_completion_tokens", "response_format"?}.
/// Reply:    a body with a first choice is an answer that was paid for, also when it is cut short, filtered or refused;
///           what is missing in it stays empty. Any other 2xx body is malformed_reply, or the error that it names.
/// Usage:    a count that no model can reach is taken as the most one can, and marked (a counter must not go back).
/// Failures: class by status and by the provider's code. Its message is looked at for "context length" only (servers
///           without codes say it there) and never passed on. Money that has run out is told by code from a limit that
///           time heals; a 429 with `x-should-retry: false` counts as the former, since a pause loses no document.
/// Bound:    Retry-After is ignored where it is negative or unreadable and taken as at most 10 minutes.
/// Cost:     encode 1 µs for 2 KiB of text, decode 3 µs for an answer of five entities (bench/llm/openai_codec_bench).
/// Source:   OpenAI API reference, "Create chat completion" and "Error codes"; RFC 9110 §5.6.7 and §10.2.3.
class OpenAiCodec {
public:
    /// `preamble` and `answer_schema` are the same for every request, so their bytes are made once.
    OpenAiCodec(ModelSettings settings, std::span<const Message> preamble, std::string_view answer_schema);

    /// Path below the base URL.
    [[nodiscard]] static std::string_view path() { return "/chat/completions"; }
    /// Request body for the preamble followed by `turns`. Deterministic: equal turns, equal bytes.
    [[nodiscard]] std::string encode(std::span<const Message> turns) const;
    /// `now` serves Retry-After dates.
    [[nodiscard]] CallOutcome decode(const HttpReply& reply, WallTime now) const;

    [[nodiscard]] const ModelSettings& settings() const { return settings_; }

private:
    ModelSettings settings_;
    std::string head_;  ///< everything before the turns
    bool has_preamble_ = false;
    std::string tail_;  ///< everything after them
};

/// What `usage` costs at `price`, in US dollars. Cached tokens are part of the input tokens.
[[nodiscard]] double cost_usd(const Usage& usage, const Price& price);

}  // namespace prelabel::llm
