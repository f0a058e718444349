#pragma once

#include <prelabel/base/enum_values.hpp>
#include <prelabel/base/expects.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

namespace prelabel {

/// One row of an enumeration's table of names. The table is beside the enumeration, in its namespace:
///
///   enum class Match { exact, fuzzy };
///   constexpr auto enum_names(Match) {
///       return std::to_array<EnumName<Match>>({{Match::exact, "exact"}, {Match::fuzzy, "fuzzy"}});
///   }
///
/// All words for users follow from it: `to_string`, `from_string`, words in the configuration and on the command line,
/// labels of metrics. A missing row or a wrong order does not compile.
template <class E>
struct EnumName {
    E value;
    std::string_view name;
};

template <class E>
concept NamedEnum = std::is_enum_v<E> && requires(E value) { enum_names(value); };

/// Whether the table has one row for each enumerator, in their order, and no name twice.
template <NamedEnum E>
[[nodiscard]] consteval bool names_are_complete() {
    constexpr auto rows = enum_names(E{});
    if (rows.size() != enum_count<E>) return false;
    for (std::size_t i = 0; i < rows.size(); ++i) {
        if (rows[i].value != static_cast<E>(i) || rows[i].name.empty()) return false;
        for (std::size_t j = 0; j < i; ++j)
            if (rows[j].name == rows[i].name) return false;
    }
    return true;
}

/// The table, checked.
template <NamedEnum E>
inline constexpr auto enum_table = [] {
    static_assert(names_are_complete<E>(), "enum_names has one row for each enumerator, in their order");
    return enum_names(E{});
}();

template <NamedEnum E>
[[nodiscard]] constexpr std::string_view to_string(E value) {
    const auto row = static_cast<std::size_t>(value);
    expects(row < enum_table<E>.size(), "a value of an enumeration is one of its enumerators");
    return enum_table<E>[row].name;
}

template <NamedEnum E>
[[nodiscard]] constexpr std::optional<E> from_string(std::string_view name) {
    const auto row = std::ranges::find(enum_table<E>, name, &EnumName<E>::name);
    if (row == enum_table<E>.end()) return std::nullopt;
    return row->value;
}

/// All names in their order, to choose from.
template <NamedEnum E>
[[nodiscard]] std::vector<std::string> enum_words() {
    std::vector<std::string> words;
    words.reserve(enum_count<E>);
    for (const auto& row : enum_table<E>) words.emplace_back(row.name);
    return words;
}

}  // namespace prelabel
