#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

namespace prelabel::llm_sim {

/// One word of a text. Unit: bytes.
struct Word {
    std::size_t start = 0;
    std::size_t end = 0;
    bool capital = false;  ///< starts with an upper-case Latin, Greek or Cyrillic letter
    bool number = false;   ///< ASCII digits only
    bool joined = false;   ///< only one space between it and the word before
};

/// Letters and digits, with hyphens and apostrophes inside; a possessive 's is not part of the word. Scripts without
/// spaces and emoji are no words. `text` must be valid UTF-8.
[[nodiscard]] std::vector<Word> words_of(std::string_view text);

}  // namespace prelabel::llm_sim
