#pragma once

#include <string_view>

namespace prelabel {

/// Headers by which whoever reads a file says that a record holds no document, and why, without document text. The
/// value is then what was read, and no document even where it looks like one: a torn row of a CSV may be valid JSON.
inline constexpr std::string_view malformed_header = "prelabel.input.problem";
inline constexpr std::string_view too_large_header = "prelabel.input.too_large";

}  // namespace prelabel
