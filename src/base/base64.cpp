#include <prelabel/base/base64.hpp>

#include <array>
#include <cstdint>

namespace prelabel {
namespace {

constexpr std::string_view digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::uint8_t no_digit = 64;

constexpr std::array<std::uint8_t, 256> values = [] {
    std::array<std::uint8_t, 256> table{};
    table.fill(no_digit);
    for (std::uint8_t value = 0; value < digits.size(); ++value)
        table[static_cast<unsigned char>(digits[value])] = value;
    return table;
}();

}  // namespace

std::string to_base64(std::string_view bytes) {
    std::string text;
    text.reserve((bytes.size() * 8 + 5) / 6);
    std::uint32_t bits = 0;
    unsigned held = 0;
    for (const char byte : bytes) {
        bits = (bits << 8U | static_cast<unsigned char>(byte)) & 0xFFFFU;
        for (held += 8; held >= 6; held -= 6) text += digits[bits >> (held - 6) & 63U];
    }
    if (held > 0) text += digits[bits << (6 - held) & 63U];
    return text;
}

std::optional<std::string> from_base64(std::string_view text) {
    std::string bytes;
    bytes.reserve(text.size() * 6 / 8);
    std::uint32_t bits = 0;
    unsigned held = 0;
    for (const char digit : text) {
        const std::uint8_t value = values[static_cast<unsigned char>(digit)];
        if (value == no_digit) return std::nullopt;
        bits = (bits << 6U | value) & 0xFFFFU;
        held += 6;
        if (held < 8) continue;
        held -= 8;
        bytes += static_cast<char>(bits >> held & 0xFFU);
    }
    const bool whole_digit_unused = held == 6;
    const bool unused_bit_set = (bits & ((1U << held) - 1)) != 0;
    if (whole_digit_unused || unused_bit_set) return std::nullopt;
    return bytes;
}

}  // namespace prelabel
