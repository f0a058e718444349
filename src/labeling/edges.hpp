#pragma once

#include <prelabel/labeling/findings.hpp>
#include <prelabel/labeling/work_budget.hpp>

#include <string_view>

namespace prelabel::labeling {

/// How well a range of text stands on its own.
enum class Fit {
    whole,     ///< nothing of its words lies outside
    attached,  ///< whole but for a proclitic written onto it, as in Arabic and Hebrew
    broken,    ///< begins or ends inside a word or a user-perceived character
};

/// Judges the range `span` (bytes, on code point boundaries, not empty) of valid UTF-8.
///
/// Words: a letter, mark or digit next to another one continues its word, unless one of them belongs to a script that
/// writes no spaces or glues particles to names (Han, kana, Hangul, Thai, Lao, Khmer, Burmese, Tibetan), where any
/// place may be an edge, or only one of them to Hebrew, Arabic or Syriac: a name in other letters may follow a
/// proclitic. So `Ada` fits in `Ada's` and `Ada-like`, `서울` fits in `서울에서`, and `Ada` does not fit in
/// `Adaptive`, nor `Budapest` in `Budapesten`: which of the two was meant cannot be told, and a wrong entity costs more
/// than one that is set aside with a reason. Characters: extended grapheme clusters (UAX #29), so `cafe` does not fit
/// in `cafe` + U+0301, nor a woman in a family.
/// Bound: looks back at most 64 code points for the start of a cluster.
/// Cost:  two steps in ASCII, about a hundred where it looks back; charged to the budget, whose end changes no verdict.
[[nodiscard]] Fit fit(std::string_view text, Span span, WorkBudget& budget);

/// True when `at` lies inside a word of ASCII: a cheap first look. Folded text may say so of a sign that became letters
/// (`™` is `tm`), where nothing begins anyway that people would call a word.
[[nodiscard]] bool inside_ascii_word(std::string_view text, std::size_t at);

/// End of the run of ASCII letters and digits that begins at `at`.
[[nodiscard]] std::size_t ascii_word_end(std::string_view text, std::size_t at);

}  // namespace prelabel::labeling
