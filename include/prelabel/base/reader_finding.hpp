#pragma once

#include <string_view>

namespace prelabel {

/// With these headers a file's reader marks a record without a document and gives the reason, without document text.
/// The value is then the bytes that were read, not a document, even if it looks like one: a torn CSV row may be JSON.
inline constexpr std::string_view malformed_header = "prelabel.input.problem";
inline constexpr std::string_view too_large_header = "prelabel.input.too_large";

}  // namespace prelabel
