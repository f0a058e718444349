#pragma once

#include <array>
#include <cstddef>
#include <string_view>
#include <type_traits>

namespace prelabel {

/// Whether an enumeration has a name for a value. The compiler knows: GCC and Clang spell an enumerator by its name,
/// and any other value as a number behind its type in parentheses, "(ns::Colour)7".
template <auto Value>
[[nodiscard]] constexpr bool is_enumerator() {
    const std::string_view signature = __PRETTY_FUNCTION__;
    const char after = signature[signature.rfind(')') + 1];  // Clang's "(anonymous namespace)::Colour::red" has one too
    return after < '0' || after > '9';
}

/// How many enumerators an enumeration has. Shape: they are numbered 0, 1, 2 …, which is so if none has a number given.
template <class E, std::size_t Known = 0>
[[nodiscard]] constexpr std::size_t count_enumerators() {
    if constexpr (is_enumerator<static_cast<E>(Known)>()) {
        return count_enumerators<E, Known + 1>();
    } else {
        return Known;
    }
}

template <class E>
    requires std::is_enum_v<E>
inline constexpr std::size_t enum_count = count_enumerators<E>();

/// All enumerators, in their order.
template <class E>
inline constexpr auto enum_values = [] {
    std::array<E, enum_count<E>> values{};
    for (std::size_t i = 0; i < values.size(); ++i) values[i] = static_cast<E>(i);
    return values;
}();

}  // namespace prelabel
