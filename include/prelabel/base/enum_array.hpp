#pragma once

#include <prelabel/base/enum_values.hpp>
#include <prelabel/base/expects.hpp>

#include <array>
#include <cstddef>
#include <utility>

namespace prelabel {

/// One T for each enumerator, found by the enumerator. It is as long as the enumeration, also after additions.
/// To have the enumerator in a loop over it, loop over `enum_values<E>`.
template <class E, class T>
struct EnumArray {
    std::array<T, enum_count<E>> values{};

    [[nodiscard]] constexpr T& operator[](E at) { return values[static_cast<std::size_t>(at)]; }
    [[nodiscard]] constexpr const T& operator[](E at) const { return values[static_cast<std::size_t>(at)]; }
    [[nodiscard]] constexpr auto begin() { return values.begin(); }
    [[nodiscard]] constexpr auto begin() const { return values.begin(); }
    [[nodiscard]] constexpr auto end() { return values.end(); }
    [[nodiscard]] constexpr auto end() const { return values.end(); }
    [[nodiscard]] static constexpr std::size_t size() { return enum_count<E>; }

    friend constexpr bool operator==(const EnumArray&, const EnumArray&) = default;
};

/// A constant table beside the names: each row names its enumerator. A missing row or a wrong order does not compile.
template <class E, class T, std::size_t Count>
[[nodiscard]] consteval EnumArray<E, T> enum_array(const std::pair<E, T> (&rows)[Count]) {
    static_assert(Count == enum_count<E>, "one row for each enumerator");
    EnumArray<E, T> array;
    for (std::size_t i = 0; i < Count; ++i) {
        expects(rows[i].first == static_cast<E>(i), "rows are in the enumerators' order");
        array.values[i] = rows[i].second;
    }
    return array;
}

}  // namespace prelabel
