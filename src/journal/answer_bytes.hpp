#pragma once

#include <prelabel/llm/completion.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace prelabel::journal {

/// A paid answer as a frame's payload: the model's text unchanged, how it ended, who gave it, its usage and its cost.
/// What the reply's headers said of limits was true then, and is left out.
[[nodiscard]] std::string to_bytes(const llm::Completion& completion);
/// Nothing for bytes of another version, and for others that to_bytes() does not give.
[[nodiscard]] std::optional<llm::Completion> answer_from(std::string_view bytes);

}  // namespace prelabel::journal
