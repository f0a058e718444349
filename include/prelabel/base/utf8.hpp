#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace prelabel::utf8 {

/// One code point and how many bytes it takes. Bound: 1 to 4 bytes.
struct Decoded {
    char32_t code_point;
    std::size_t bytes;
};

/// Decodes the code point that starts at `at`; `text` must be valid UTF-8 and `at` on a boundary below its size.
[[nodiscard]] Decoded decode(std::string_view text, std::size_t at);

/// Byte offset of the first sequence that RFC 3629 forbids (surrogates, overlong, above U+10FFFF,
/// truncated); none when all are valid.
[[nodiscard]] std::optional<std::size_t> first_invalid(std::string_view text);

/// Number of code points in valid UTF-8.
[[nodiscard]] std::size_t count_code_points(std::string_view text);

/// The longest beginning of at most `bytes_max` bytes that cuts no code point.
[[nodiscard]] std::string_view prefix(std::string_view text, std::size_t bytes_max);

/// Appends a code point. It must be a Unicode scalar value.
void append(char32_t code_point, std::string& out);

}  // namespace prelabel::utf8
