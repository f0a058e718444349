#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace prelabel {

/// The candidate that a mistyped `word` most likely means, for "did you mean". None if no candidate is close.
/// Close: at most one edit (insert, delete, replace, swap) per three characters of `word`, at least one.
/// Cost: O(candidates × word × candidate); words over 64 bytes have no nearest.
[[nodiscard]] std::optional<std::string> nearest(std::string_view word, std::span<const std::string> candidates);

}  // namespace prelabel
