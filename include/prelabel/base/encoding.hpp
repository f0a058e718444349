#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace prelabel {

/// What stands at `at`, where utf8::first_invalid() found a line not to be UTF-8, and what it looks like: "byte 0xE9 at
/// column 14 is not UTF-8; it looks like Latin-1". Columns count characters, from 1. No text of the line but this byte.
[[nodiscard]] std::string not_utf8(std::string_view line, std::size_t at);
/// The name that iconv(1) knows for what the line looks like; empty if that cannot be told.
[[nodiscard]] std::string_view looks_encoded_as(std::string_view line, std::size_t at);
/// The command that makes a UTF-8 file of a file: "iconv -f LATIN1 -t UTF-8 a.csv > a.utf8.csv".
[[nodiscard]] std::string conversion(std::string_view from, const std::string& path);
/// What a file is when it begins with these bytes and is no UTF-8: iconv's name of a UTF-16. At least four bytes tell.
[[nodiscard]] std::optional<std::string_view> wide_encoding(std::string_view beginning);

}  // namespace prelabel
