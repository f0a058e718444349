#pragma once

#include <algorithm>
#include <string>
#include <string_view>

namespace prelabel {

/// A capital ASCII letter as a small one, in every locale; anything else as it is.
[[nodiscard]] constexpr char lowered(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

/// Of ASCII, in every locale.
[[nodiscard]] constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }
[[nodiscard]] constexpr bool is_letter(char c) { return lowered(c) >= 'a' && lowered(c) <= 'z'; }

[[nodiscard]] inline std::string lowered(std::string_view text) {
    std::string out(text);
    std::ranges::transform(out, out.begin(), [](char c) { return lowered(c); });
    return out;
}

}  // namespace prelabel
