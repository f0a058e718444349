#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

namespace prelabel::files {

/// Finds code points in a text, which is gone through once. The text is valid UTF-8.
/// Lifetime: the text's.
/// Cost:     of a piece, its own length and at most `step` code points; in memory an eighth of the text, or less.
class CodePoints {
public:
    static constexpr std::size_t step = 64;

    explicit CodePoints(std::string_view text);

    /// How many there are.
    [[nodiscard]] std::size_t size() const { return size_; }
    /// Those from `start` up to `end`, as far as the text goes.
    [[nodiscard]] std::string_view piece(std::size_t start, std::size_t end) const;

private:
    [[nodiscard]] std::size_t byte_of(std::size_t code_point) const;

    std::string_view text_;
    std::size_t size_ = 0;
    std::vector<std::size_t> bytes_;  ///< where each `step`th begins
};

}  // namespace prelabel::files
