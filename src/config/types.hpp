#pragma once

#include "config/type.hpp"

#include <prelabel/base/enum_names.hpp>

#include <cstddef>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace prelabel::config {

// number_types.cpp

[[nodiscard]] ScalarPtr integer(std::int64_t min, std::int64_t max);
[[nodiscard]] ScalarPtr integer_or_null(std::int64_t min, std::int64_t max);
[[nodiscard]] ScalarPtr number(double min, double max);
[[nodiscard]] ScalarPtr number_or_null(double min, double max);
/// 250ms, 5s, 10m, 1h, 30d.
[[nodiscard]] ScalarPtr duration(Duration min, Duration max);
/// Bytes: 1000000, 64KiB, 10GiB, 5MB.
[[nodiscard]] ScalarPtr size(std::uint64_t min, std::uint64_t max);

// text_types.cpp

[[nodiscard]] ScalarPtr text();
[[nodiscard]] ScalarPtr text_or_empty();
/// Of a file; relative to the directory of the file it is written in.
[[nodiscard]] ScalarPtr path();
/// One of the words; `unavailable` are those that the product knows and this version has not.
[[nodiscard]] ScalarPtr choice(std::vector<std::string> words, std::vector<std::string> unavailable = {});
/// One of an enumeration's names.
template <NamedEnum E>
[[nodiscard]] ScalarPtr choice(std::vector<std::string> unavailable = {}) {
    return choice(enum_words<E>(), std::move(unavailable));
}
/// JSON Pointer, or the name of a column or top-level member. The value is the pointer.
[[nodiscard]] ScalarPtr pointer();
/// One character between fields, or its name. The value is the character, or empty for `auto`.
[[nodiscard]] ScalarPtr delimiter();
/// true or false.
[[nodiscard]] ScalarPtr truth();
/// http or https, without a user, a query and slashes at its end. `key` is where a password in it belongs.
[[nodiscard]] ScalarPtr url(std::string key);
/// host:port, or off.
[[nodiscard]] ScalarPtr listen();
/// Name of an environment variable; never expanded.
[[nodiscard]] ScalarPtr variable();

// structure_types.cpp

/// A mapping with known keys.
[[nodiscard]] TypePtr group();
/// … for which a lone text may stand.
[[nodiscard]] ScalarPtr group_or_text();
/// Of what the field `path[]` says.
[[nodiscard]] TypePtr list(std::size_t min, std::size_t max);
/// Any names, each with a text.
[[nodiscard]] TypePtr text_map();
/// true, false, or a list of pointers. The value is a list: with `everything` for true.
[[nodiscard]] TypePtr pass_through();
inline constexpr const char* everything = "*";  // no pointer
/// A mapping kept as JSON, or {file: path}.
[[nodiscard]] TypePtr json_schema();

// map_types.cpp

/// Any names but the reserved ones, each with any value, kept as JSON. `reserved` says for each what to do instead.
[[nodiscard]] TypePtr json_map(std::map<std::string, std::string> reserved);
/// Names of header fields, each with a text, {env: NAME} or {file: path}; `reserved` as above, in lower case.
[[nodiscard]] TypePtr header_map(std::map<std::string, std::string> reserved);

}  // namespace prelabel::config
