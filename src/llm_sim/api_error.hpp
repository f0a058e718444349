#pragma once

#include <string>
#include <string_view>

namespace prelabel::llm_sim {

/// An error reply in the provider's shape: `{"error": {"message", "type", "param", "code"}}`.
/// Source: OpenAI, "Error codes" guide. Messages never carry document text or keys.
struct ApiError {
    int status = 400;
    std::string message;
    std::string type = "invalid_request_error";
    std::string param;  ///< empty: null
    std::string code;   ///< empty: null
};

[[nodiscard]] std::string body_of(const ApiError& error);

}  // namespace prelabel::llm_sim
