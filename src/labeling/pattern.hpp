#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

namespace re2 {
class RE2;
}

namespace prelabel::labeling {

/// A regular expression of a JSON Schema: ECMA-262 syntax, matched by RE2, which neither recurses nor backtracks.
///
/// Means:   ECMA-262 with the `u` flag: one code point is one character, `\s` is every white space, `.` everything but
///          CR and LF, `$` the end of the string.
/// Refused: look-around and backreferences, which no linear matcher knows; repeats above 1,000; escapes and groups that
///          ECMA-262 does not have; what takes more than 8 MiB.
/// Cost:    linear in the string, at most `steps_per_byte` for each byte.
class Pattern {
public:
    /// Throws std::invalid_argument with a sentence that names the pattern: that is how jsoncons hears of it.
    explicit Pattern(std::string_view pattern);

    /// Whether the pattern stands anywhere in `text`, valid UTF-8.
    [[nodiscard]] bool found_in(std::string_view text) const;
    [[nodiscard]] std::size_t steps_per_byte() const;

private:
    std::shared_ptr<const re2::RE2> compiled_;
};

}  // namespace prelabel::labeling
