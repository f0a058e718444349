#pragma once

#include <prelabel/llm/dialect.hpp>

namespace prelabel::llm {

/// OpenAI's Chat Completions, as OpenAI, vLLM, Ollama, LiteLLM and others speak them: bytes in, bytes out.
/// Strict in what it sends, lenient in what it reads (no `refusal`, string or integer `code`, text/plain errors).
///
/// Request:  {"model", "messages", "temperature"?, "top_p"?, "seed"?, "reasoning_effort"?, "service_tier"?,
///           "max_tokens" | "max_completion_tokens", "response_format"?, and what the settings add}.
/// Reply:    a body with a first choice is an answer that was paid for, also when it is cut short, filtered or refused;
///           what is missing in it stays empty. Any other 2xx body is malformed_reply, or the error that it names.
/// Headers:  Retry-After, Retry-After-Ms, X-Should-Retry, X-RateLimit-{Limit,Remaining,Reset}-{Requests,Tokens}.
/// Usage:    a count that no model can reach is taken as the most one can, and marked (a counter must not go back).
/// Failures: class by status and by the provider's code. Its message is looked at only for what servers say in no code
///           ("context length", "Request too large"), and never passed on. Money that has run out is told by code from
///           a limit that time heals; a 429 with `x-should-retry: false` counts as the former, since a pause loses no
///           document.
/// Bound:    Retry-After is ignored where it is negative or unreadable and taken as at most 10 minutes.
/// Source:   OpenAI API reference, "Create chat completion" and "Error codes"; RFC 9110 §5.6.7 and §10.2.3.
class OpenAiDialect final : public Dialect {
public:
    [[nodiscard]] std::string path(const ModelSettings& settings) const override;
    [[nodiscard]] std::vector<HeaderField> authentication(const Secret& key) const override;
    [[nodiscard]] RequestForm form(const ModelSettings& settings, std::span<const Message> preamble,
                                   std::string_view answer_schema) const override;
    [[nodiscard]] std::string body(const RequestForm& form, const ModelSettings& settings,
                                   std::span<const Message> turns) const override;
    [[nodiscard]] CallOutcome decode(const HttpReply& reply, WallTime now) const override;
};

}  // namespace prelabel::llm
