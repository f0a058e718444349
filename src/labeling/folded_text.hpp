#pragma once

#include <prelabel/labeling/findings.hpp>
#include <prelabel/labeling/work_budget.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace prelabel::labeling {

/// Text in the form in which two spellings of one name are equal: case folded, compatibility decomposed (NFKD), white
/// space runs as one space, curly quotes and the many dashes as their ASCII kin, invisible characters left out.
/// Every folded byte knows the user-perceived character it came from, because folding changes lengths: `İ` becomes two
/// code points, `ß` two letters, a ligature three.
///
///   text    S t r a ß   e          folded  s t r a s s e
///   bytes   0 1 2 3 4 5 6          origin  0 1 2 3 4 4 6
///
/// Cost:  about 10 ns a byte and 9 bytes of memory a folded byte, whatever marks are piled onto one character: they are
///        sorted into canonical order, where utf8proc would bubble them.
/// Bound: texts below 4 GiB; what exceeds the budget is not folded.
class FoldedText {
public:
    /// `text` must be valid UTF-8; it is not kept. Where the budget ends the fold ends too.
    FoldedText(std::string_view text, WorkBudget& budget);

    [[nodiscard]] const std::string& folded() const { return folded_; }
    /// The bytes of the text that became folded[at, at + length); none when that cuts a character of the text in two.
    [[nodiscard]] std::optional<Span> origin(std::size_t at, std::size_t length) const;

private:
    static constexpr std::uint32_t inside = 0xFFFF'FFFF;

    void add_ascii(char c, std::size_t at);
    void add_space(Span character);
    void add_character(std::string_view text, Span character, WorkBudget& budget);
    void map(std::size_t from, Span character);

    std::string folded_;
    std::u32string character_;           // decomposed
    std::vector<std::uint32_t> starts_;  // of the character whose first folded byte this is, else inside
    std::vector<std::uint32_t> ends_;    // of the character whose last folded byte this is, else inside
};

/// `text` folded, without white space around it.
[[nodiscard]] std::string folded(std::string_view text, WorkBudget& budget);

/// `text` without white space around it; empty when there is nothing visible in it.
[[nodiscard]] std::string_view trimmed(std::string_view text);

}  // namespace prelabel::labeling
