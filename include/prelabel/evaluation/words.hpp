#pragma once

#include <prelabel/labeling/findings.hpp>

#include <string_view>
#include <vector>

namespace prelabel::evaluation {

/// The tokens of plain text, for token-level scores if no file has its own. A run of letters, digits, marks and
/// underscores is one token; every other visible character is one by itself. Every Han, Hiragana and Katakana character
/// is one too, because these scripts have no spaces.
/// Unit: code points. `text` must be valid UTF-8.
/// Cost: one pass.
[[nodiscard]] std::vector<labeling::Span> words(std::string_view text);

}  // namespace prelabel::evaluation
