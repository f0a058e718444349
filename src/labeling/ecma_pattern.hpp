#pragma once

#include <string>
#include <string_view>

namespace prelabel::labeling {

/// An ECMA-262 regular expression in RE2's syntax, meaning the same. What is malformed in both passes through.
/// Throws std::invalid_argument with the reason (no more than that) for what RE2 cannot express.
[[nodiscard]] std::string ecma_to_re2(std::string_view pattern);

}  // namespace prelabel::labeling
