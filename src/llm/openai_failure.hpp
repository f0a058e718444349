#pragma once

#include "llm/openai_reply.hpp"

#include <prelabel/llm/completion.hpp>
#include <prelabel/llm/reply_class.hpp>

namespace prelabel::llm {

/// The class of a reply that is not an answer. `status` is the HTTP status, or the one that the error itself names.
[[nodiscard]] ReplyClass classify_openai_failure(int status, const OpenAiReply& reply, std::string_view should_retry);

/// The request's field that the error names; empty where it names none, or nothing spelled like a field.
[[nodiscard]] std::string refused_parameter(const OpenAiReply& reply);

/// Status and the provider's identifiers, for people. Only what is spelled like an identifier is passed on.
[[nodiscard]] std::string describe_openai_failure(int status, const OpenAiReply& reply);

}  // namespace prelabel::llm
