#include "journal/crc32c.hpp"

#include <array>
#include <cstring>

namespace prelabel::journal {
namespace {

constexpr std::uint32_t polynomial = 0x82F63B78;  // reflected
using Tables = std::array<std::array<std::uint32_t, 256>, 8>;

constexpr Tables make_tables() {
    Tables tables{};
    for (std::uint32_t byte = 0; byte < 256; ++byte) {
        std::uint32_t crc = byte;
        for (int bit = 0; bit < 8; ++bit) crc = (crc >> 1U) ^ ((crc & 1U) != 0 ? polynomial : 0);
        tables[0][byte] = crc;
    }
    for (std::size_t slice = 1; slice < tables.size(); ++slice)
        for (std::size_t byte = 0; byte < 256; ++byte) {
            const std::uint32_t before = tables[slice - 1][byte];
            tables[slice][byte] = (before >> 8U) ^ tables[0][before & 0xFFU];
        }
    return tables;
}

constexpr Tables tables = make_tables();

std::uint8_t byte_of(char c) { return static_cast<std::uint8_t>(c); }

#if defined(__x86_64__)
__attribute__((target("sse4.2"))) std::uint32_t by_instruction(std::string_view bytes, std::uint32_t crc) {
    std::uint64_t state = ~crc;
    while (bytes.size() >= 8) {
        std::uint64_t word = 0;
        std::memcpy(&word, bytes.data(), 8);
        state = __builtin_ia32_crc32di(state, word);
        bytes.remove_prefix(8);
    }
    auto rest = static_cast<std::uint32_t>(state);
    for (const char c : bytes) rest = __builtin_ia32_crc32qi(rest, byte_of(c));
    return ~rest;
}
#endif

}  // namespace

std::uint32_t crc32c_by_table(std::string_view bytes, std::uint32_t crc) {
    crc = ~crc;
    while (bytes.size() >= 8) {
        std::uint32_t next = 0;
        for (std::size_t i = 0; i < 8; ++i) {
            const auto carried = i < 4 ? static_cast<std::uint8_t>(crc >> (8 * i)) : std::uint8_t{0};
            next ^= tables[7 - i][byte_of(bytes[i]) ^ carried];
        }
        crc = next;
        bytes.remove_prefix(8);
    }
    for (const char c : bytes) crc = (crc >> 8U) ^ tables[0][(crc ^ byte_of(c)) & 0xFFU];
    return ~crc;
}

std::uint32_t crc32c(std::string_view bytes, std::uint32_t crc) {
#if defined(__x86_64__)
    static const bool has_it = __builtin_cpu_supports("sse4.2") != 0;
    if (has_it) return by_instruction(bytes, crc);
#endif
    return crc32c_by_table(bytes, crc);
}

}  // namespace prelabel::journal
