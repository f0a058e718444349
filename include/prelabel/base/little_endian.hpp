#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <type_traits>

namespace prelabel {

/// The bytes of a number, the lowest first, whatever the machine's order is.
template <class Number>
    requires std::is_integral_v<Number>
[[nodiscard]] constexpr std::array<char, sizeof(Number)> little_endian(Number number) {
    std::array<char, sizeof(Number)> bytes{};
    auto rest = static_cast<std::uint64_t>(static_cast<std::make_unsigned_t<Number>>(number));
    for (char& byte : bytes) {
        byte = static_cast<char>(rest & 0xFFU);
        rest >>= 8U;
    }
    return bytes;
}

}  // namespace prelabel
