#include "labeling/ecma_pattern.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <stdexcept>

namespace prelabel::labeling {
namespace {

constexpr std::string_view white_space = R"(\s\v\p{Z}\x{FEFF})";

bool is_alphanumeric(char c) { return (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z'); }

/// RE2 knows the short names of general categories only; of these, schemas use the long ones too.
constexpr std::array<std::pair<std::string_view, std::string_view>, 16> categories = {{{"Letter", "L"},
                                                                                       {"Uppercase_Letter", "Lu"},
                                                                                       {"Lowercase_Letter", "Ll"},
                                                                                       {"Titlecase_Letter", "Lt"},
                                                                                       {"Modifier_Letter", "Lm"},
                                                                                       {"Other_Letter", "Lo"},
                                                                                       {"Mark", "M"},
                                                                                       {"Number", "N"},
                                                                                       {"Decimal_Number", "Nd"},
                                                                                       {"digit", "Nd"},
                                                                                       {"Punctuation", "P"},
                                                                                       {"punct", "P"},
                                                                                       {"Symbol", "S"},
                                                                                       {"Separator", "Z"},
                                                                                       {"Space_Separator", "Zs"},
                                                                                       {"Other", "C"}}};

class Translator {
public:
    explicit Translator(std::string_view pattern) : rest_(pattern) {}

    std::string run() {
        while (!rest_.empty()) {
            const char c = take();
            if (c == '\\') {
                escape();
            } else if (in_class_) {
                class_character(c);
            } else if (c == '[') {
                open_class();
            } else if (c == '.') {
                out_ += R"([^\n\r])";  // without U+2028 and U+2029 it would be twice as large
            } else {
                out_ += c;
                if (c == '(' && rest_.starts_with('?')) group();
            }
        }
        return std::move(out_);
    }

private:
    [[noreturn]] static void refuse(const std::string& reason) { throw std::invalid_argument(reason); }

    char take() {
        const char c = rest_.front();
        rest_.remove_prefix(1);
        return c;
    }
    bool take(std::string_view what) {
        if (!rest_.starts_with(what)) return false;
        rest_.remove_prefix(what.size());
        return true;
    }

    void group() {
        if (rest_.starts_with("?:")) return;
        if (rest_.starts_with("?=") || rest_.starts_with("?!") || rest_.starts_with("?<=") || rest_.starts_with("?<!"))
            refuse("look-around, \"(" + std::string(rest_.substr(0, rest_[1] == '<' ? 3 : 2)) + "\", is not supported");
        if (!take("?<")) refuse("\"(" + std::string(rest_.substr(0, 2)) + "\" begins no group of ECMA-262");
        out_ += "?P<";
    }

    void open_class() {
        if (take("^]")) {
            out_ += "(?s:.)";
        } else if (take("]")) {
            out_ += R"([^\x00-\x{10FFFF}])";
        } else {
            out_ += take("^") ? "[^" : "[";
            in_class_ = true;
        }
    }
    /// A bracket in a class is itself, never a POSIX class such as [:alpha:].
    void class_character(char c) {
        if (c == '[') out_ += '\\';
        out_ += c;
        in_class_ = c != ']';
    }

    void escape() {
        if (rest_.empty()) refuse("it ends in a backslash");
        const char c = take();
        constexpr std::string_view same_in_both = "dDwWtnvfr";
        if (same_in_both.find(c) != std::string_view::npos || (c == 'B' && !in_class_)) {
            out_ += '\\';
            out_ += c;
        } else if (c == 'b') {
            out_ += in_class_ ? R"(\x08)" : R"(\b)";
        } else if (c == 's') {
            out_ += in_class_ ? std::string(white_space) : '[' + std::string(white_space) + ']';
        } else if (c == 'S') {
            out_ += in_class_ ? R"(\S)" : "[^" + std::string(white_space) + ']';
        } else if (c == 'p' || c == 'P') {
            property(c);
        } else if (c == 'k' || (c >= '1' && c <= '9')) {
            refuse(std::string("a backreference, \"\\") + c + "\", is not supported");
        } else if (c == '0' || c == 'x' || c == 'u' || c == 'c') {
            out_ += code_point(c);
        } else if (is_alphanumeric(c)) {
            refuse(std::string("ECMA-262 has no escape \"\\") + c + '"');
        } else {
            const bool special = c != '_' && static_cast<unsigned char>(c) < 0x80;
            if (special) out_ += '\\';
            out_ += c;
        }
    }

    void property(char p) {
        const std::size_t end = rest_.find('}');
        if (!rest_.starts_with('{') || end == std::string_view::npos) refuse("a property must be written \\p{Name}");
        std::string_view name = rest_.substr(1, end - 1);
        rest_.remove_prefix(end + 1);
        name.remove_prefix(name.find('=') + 1);  // General_Category=, Script=
        const auto known = std::ranges::find(categories, name, [](const auto& category) { return category.first; });
        if (known != categories.end()) name = known->second;
        out_ += '\\';
        out_ += p;
        out_ += '{' + std::string(name) + '}';
    }

    std::uint32_t hex(std::string_view digits) {
        std::uint32_t value = 0;
        const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value, 16);
        if (digits.empty() || error != std::errc() || end != digits.data() + digits.size() || value > 0x10FFFF)
            refuse("\"" + std::string(digits) + "\" is no hexadecimal code point");
        return value;
    }
    std::uint32_t take_hex(std::size_t count) {
        const std::string_view digits = rest_.substr(0, count);
        if (digits.size() < count) refuse("an escape of a code point is cut off");
        rest_.remove_prefix(count);
        return hex(digits);
    }
    std::uint32_t unicode_escape() {
        if (take("{")) {
            const std::size_t end = rest_.find('}');
            if (end == std::string_view::npos) refuse("an escape of a code point is cut off");
            const std::uint32_t value = hex(rest_.substr(0, end));
            rest_.remove_prefix(end + 1);
            return value;
        }
        std::uint32_t value = take_hex(4);
        if (value >= 0xD800 && value < 0xDC00 && take("\\u")) {
            const std::uint32_t low = take_hex(4);
            if (low >= 0xDC00 && low < 0xE000) value = 0x10000 + ((value - 0xD800) << 10) + (low - 0xDC00);
        }
        if (value >= 0xD800 && value < 0xE000) refuse("half a surrogate pair is no character");
        return value;
    }
    std::string code_point(char kind) {
        std::uint32_t value = 0;
        if (kind == 'x') {
            value = take_hex(2);
        } else if (kind == 'u') {
            value = unicode_escape();
        } else if (kind == 'c') {
            if (rest_.empty() || (rest_[0] | 0x20) < 'a' || (rest_[0] | 0x20) > 'z') refuse("\"\\c\" needs a letter");
            value = static_cast<std::uint32_t>(take()) % 32;
        } else if (!rest_.empty() && rest_[0] >= '0' && rest_[0] <= '9') {
            refuse("octal escapes are not supported");
        }
        std::array<char, 8> digits;
        const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value, 16).ptr;
        return R"(\x{)" + std::string(digits.data(), end) + '}';
    }

    std::string_view rest_;
    std::string out_;
    bool in_class_ = false;
};

}  // namespace

std::string ecma_to_re2(std::string_view pattern) { return Translator(pattern).run(); }

}  // namespace prelabel::labeling
