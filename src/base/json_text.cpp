#include <prelabel/base/json_text.hpp>

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>

namespace prelabel {
namespace {

constexpr std::uint64_t each(std::uint64_t byte) { return byte * 0x0101010101010101U; }

/// High bit set in bytes that need escaping. Borrows travel upwards only, so the lowest set bit is always right.
constexpr std::uint64_t dirty_bytes(std::uint64_t word) {
    const std::uint64_t control = (word - each(0x20)) & ~word;
    const std::uint64_t quote = word ^ each('"');
    const std::uint64_t slash = word ^ each('\\');
    return (control | ((quote - each(1)) & ~quote) | ((slash - each(1)) & ~slash)) & each(0x80);
}

bool is_dirty(char c) { return static_cast<unsigned char>(c) < 0x20 || c == '"' || c == '\\'; }

/// Length of the longest prefix that may be copied as it is.
std::size_t clean_prefix(std::string_view text) {
    std::size_t at = 0;
    if constexpr (std::endian::native == std::endian::little) {
        for (std::uint64_t word = 0; at + sizeof word <= text.size(); at += sizeof word) {
            std::memcpy(&word, text.data() + at, sizeof word);
            if (const std::uint64_t dirty = dirty_bytes(word); dirty != 0)
                return at + static_cast<std::size_t>(std::countr_zero(dirty)) / 8;
        }
    }
    while (at < text.size() && !is_dirty(text[at])) ++at;
    return at;
}

void append_escaped(char c, std::string& out) {
    constexpr std::string_view digits = "0123456789abcdef";
    switch (c) {
        case '"':
            out += "\\\"";
            return;
        case '\\':
            out += "\\\\";
            return;
        case '\n':
            out += "\\n";
            return;
        case '\r':
            out += "\\r";
            return;
        case '\t':
            out += "\\t";
            return;
        case '\b':
            out += "\\b";
            return;
        case '\f':
            out += "\\f";
            return;
        default:
            out += "\\u00";
            out += digits[static_cast<unsigned char>(c) >> 4];
            out += digits[static_cast<unsigned char>(c) & 0x0F];
    }
}

}  // namespace

void append_json_string(std::string_view text, std::string& out) {
    out += '"';
    while (true) {
        const std::size_t clean = clean_prefix(text);
        out.append(text.substr(0, clean));
        if (clean == text.size()) break;
        append_escaped(text[clean], out);
        text.remove_prefix(clean + 1);
    }
    out += '"';
}

std::string json_string(std::string_view text) {
    std::string out;
    append_json_string(text, out);
    return out;
}

}  // namespace prelabel
