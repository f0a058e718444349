#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace prelabel::llm_sim {

/// The text between `<document-…>` and its closing tag in a user turn, as labeling::PromptTemplate writes it; none when
/// the turn holds no such pair. The simulator reads prompts as a model does, from the outside:
/// a test holds the two together.
[[nodiscard]] std::optional<std::string_view> document_in(std::string_view turn);

/// The names in a system message's list: lines "- NAME: description" or "- NAME" below a line "Labels:".
[[nodiscard]] std::vector<std::string> labels_in(std::string_view system_message);

}  // namespace prelabel::llm_sim
