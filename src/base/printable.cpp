#include <prelabel/base/printable.hpp>
#include <prelabel/base/utf8.hpp>

#include <cstdint>
#include <string>

namespace prelabel {
namespace {

constexpr char32_t replacement = 0xFFFD;
constexpr char32_t escape_picture = 0x2400;  // of U+0000; those of the other control characters follow
constexpr char32_t delete_picture = 0x2421;

bool is_control(char32_t c) { return c < 0x20 || (c >= 0x7F && c < 0xA0); }

/// Marks that reorder what follows, and separators that some terminals take for line ends.
bool misleads(char32_t c) {
    return c == 0x061C || c == 0x200E || c == 0x200F || c == 0x2028 || c == 0x2029 || (c >= 0x202A && c <= 0x202E) ||
           (c >= 0x2066 && c <= 0x2069);
}

/// At least four hexadecimal digits.
std::string hexadecimal(char32_t c, const char* digits) {
    std::string out;
    for (int shift = 28; shift >= 0; shift -= 4)
        if (const auto left = static_cast<std::uint32_t>(c) >> shift; left != 0 || shift < 16)
            out += digits[left & 0xFU];
    return out;
}

/// Calls `each` with every code point, U+FFFD for a byte that belongs to none, and with its bytes.
template <class Each>
void for_each_code_point(std::string_view text, const Each& each) {
    std::size_t valid_end = utf8::first_invalid(text).value_or(text.size());
    for (std::size_t at = 0; at < text.size();) {
        if (at == valid_end) {
            each(replacement, std::string_view("\xEF\xBF\xBD"));
            ++at;
            const auto next = utf8::first_invalid(text.substr(at));
            valid_end = next ? at + *next : text.size();
            continue;
        }
        const auto decoded = utf8::decode(text, at);
        each(decoded.code_point, text.substr(at, decoded.bytes));
        at += decoded.bytes;
    }
}

}  // namespace

std::string printable(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    bool carriage = false;  // a "\r" waits for what follows it
    for_each_code_point(text, [&](char32_t c, std::string_view bytes) {
        if (carriage && c != '\n') utf8::append(escape_picture + '\r', out);
        carriage = c == '\r';
        if (carriage) return;
        if (c == '\n' || c == '\t') {
            out += static_cast<char>(c);
        } else if (c < 0x20) {
            utf8::append(escape_picture + c, out);
        } else if (c == 0x7F) {
            utf8::append(delete_picture, out);
        } else if (is_control(c) || misleads(c)) {
            out += "<U+" + hexadecimal(c, "0123456789ABCDEF") + '>';
        } else {
            out += bytes;
        }
    });
    if (carriage) utf8::append(escape_picture + '\r', out);
    return out;
}

std::string printable_json(std::string_view json) {
    std::string out;
    out.reserve(json.size());
    for_each_code_point(json, [&](char32_t c, std::string_view bytes) {
        const bool layout = c == '\n' || c == '\t';
        if (!layout && (is_control(c) || misleads(c)))
            out += "\\u" + hexadecimal(c, "0123456789abcdef");
        else
            out += bytes;
    });
    return out;
}

}  // namespace prelabel
