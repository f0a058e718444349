#pragma once

#include "llm_sim/answer.hpp"

#include <prelabel/base/time.hpp>

#include <cstdint>
#include <string>
#include <string_view>

namespace prelabel::llm_sim {

/// What one answer is charged for.
struct Charge {
    std::uint64_t prompt_tokens = 0;
    std::uint64_t cached_tokens = 0;  ///< of the prompt's
    std::uint64_t completion_tokens = 0;
};

/// The provider's `chat.completion` object.
/// Source: OpenAI API reference, "The chat completion object".
[[nodiscard]] std::string completion_body(std::string_view id, std::string_view model, const Answer& answer,
                                          const Charge& charge, WallTime created);

/// Sixteen lower-case hexadecimal digits.
[[nodiscard]] std::string hex(std::uint64_t value);

}  // namespace prelabel::llm_sim
