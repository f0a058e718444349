#pragma once

#include "llm_sim/api_error.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace prelabel::llm_sim {

/// What the simulator reads in a request to /chat/completions.
struct ChatRequest {
    std::string model;
    std::string document;             ///< the text that is to be labeled
    std::vector<std::string> labels;  ///< asked for by the schema or the system message; empty: any
    std::optional<std::uint64_t> max_tokens;
    double temperature = 1;
    std::uint64_t prompt_tokens = 0;  ///< by estimate
    std::uint64_t prefix_tokens = 0;  ///< of these, before the document's turn: what a provider's prompt cache may hold
    std::uint64_t prefix_hash = 0;
};

/// Reads a request body, strictly: what the provider refuses is refused with its words and codes.
/// Bound: depth 128.
/// Cost: one in-situ parse of a copy.
[[nodiscard]] std::variant<ChatRequest, ApiError> read_chat_request(std::string_view body);

/// Tokens by estimate: four bytes each, rounded up. Real tokenizers differ by language.
[[nodiscard]] constexpr std::uint64_t estimated_tokens(std::uint64_t bytes) { return (bytes + 3) / 4; }

}  // namespace prelabel::llm_sim
