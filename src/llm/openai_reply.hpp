#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace prelabel::llm {

/// What a Chat Completions body holds, whether answer or error; what is absent is empty.
struct OpenAiReply {
    std::string id;
    std::string model;
    bool has_choice = false;
    std::string content;
    std::string refusal;
    std::string finish_reason;
    std::uint64_t prompt_tokens = 0;
    std::uint64_t completion_tokens = 0;
    std::uint64_t cached_tokens = 0;

    bool has_error = false;
    std::string error_code;  ///< integers as digits
    std::string error_type;
    std::string error_param;
    std::string error_message;  ///< may quote the request: never pass it on
    std::string retry_delay;    ///< of Google's RetryInfo, such as "58s"
};

/// Reads a body in one pass without a document tree. Understood as errors: {"error": {…}}, {"error": "…"}, the bare
/// {"object": "error", "message", "code"} of vLLM, {"detail": …} of web frameworks, whose findings name a place in the
/// request ({"loc": ["body", "seed"], "msg": …}), and Google's, which may stand in an array and say when to come back.
/// False: the body is not one JSON value (malformed, cut off, invalid UTF-8, deeper than 128).
[[nodiscard]] bool read_openai_reply(std::string_view body, OpenAiReply& reply);

}  // namespace prelabel::llm
