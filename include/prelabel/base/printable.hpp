#pragma once

#include <string>
#include <string_view>

namespace prelabel {

/// Text of others as a terminal may have it: nothing in it moves the cursor, changes colours, or shows letters in
/// another order than they are stored. Line feeds and tabs stay, "\r\n" becomes a line feed, other control characters
/// become their pictures (␛), marks of direction and line separators `<U+202E>`, and bytes that are not UTF-8 U+FFFD.
[[nodiscard]] std::string printable(std::string_view text);

/// The same for JSON text, in which such characters become escapes: what is read from it stays the same.
[[nodiscard]] std::string printable_json(std::string_view json);

}  // namespace prelabel
