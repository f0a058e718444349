#pragma once

#include <prelabel/base/time.hpp>
#include <prelabel/http/http_server.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace prelabel::llm_sim {

/// An error reply: `{"error": {"message", "type", "param", "code"}}`, or as another server writes it.
/// Source: OpenAI, "Error codes" guide. Messages never carry document text or keys.
struct ApiError {
    int status = 400;
    std::string message = {};
    std::string type = "invalid_request_error";
    std::string param = {};                    ///< empty: null
    std::string code = {};                     ///< empty: null
    std::optional<Duration> retry_after = {};  ///< what the client is asked to wait
    std::string refuses = {};                  ///< the part of the request's shape that is refused, for the ledger
};

/// How servers write an error.
enum class ErrorForm {
    openai,
    azure,        ///< no type, no param, "BadRequest" for a code
    bare,         ///< vLLM to 0.11: {"object": "error", "message", "type", "param", "code": 400}
    number_code,  ///< vLLM, llama.cpp: the code is the status
    litellm,      ///< "None" for null; the wait in the header llm_provider-retry-after
    capacity,     ///< Groq's flex tier: 498 for a 429
    google,       ///< in a list; the wait of a 429 in the body
};

[[nodiscard]] std::string body_of(const ApiError& error, ErrorForm form = ErrorForm::openai);

/// Writes an error into a reply, with the headers that say how long to wait, where the server has them.
void set_error(const ApiError& error, ErrorForm form, http::ServerReply& reply);

}  // namespace prelabel::llm_sim
