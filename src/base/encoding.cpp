#include <prelabel/base/encoding.hpp>
#include <prelabel/base/shell_word.hpp>
#include <prelabel/base/utf8.hpp>

#include <algorithm>
#include <array>
#include <cstdio>

namespace prelabel {
namespace {

bool is_ascii(char c) { return static_cast<unsigned char>(c) < 0x80; }

/// Text of any encoding by bytes has none of these but tabs, line ends, form feeds and escapes.
bool is_binary(std::string_view line) {
    return std::ranges::any_of(line, [](char c) {
        const auto byte = static_cast<unsigned char>(c);
        return byte < 0x09 || (byte > 0x0D && byte < 0x20 && byte != 0x1B);
    });
}

std::string_view name_of(std::string_view encoding) { return encoding == "CP1252" ? "Windows-1252" : "Latin-1"; }

}  // namespace

std::string_view looks_encoded_as(std::string_view line, std::size_t at) {
    // Bytes of one-byte encodings stand alone or few together, and nothing before them was a character of UTF-8.
    if (!std::ranges::all_of(line.substr(0, at), is_ascii) || is_binary(line)) return {};
    const auto tail = [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) == 0x80; };
    const bool cut = at + 1 < line.size() && static_cast<unsigned char>(line[at]) >= 0xC2 && tail(line[at + 1]);
    if (cut) return {};
    const auto windows = [](char c) {
        return static_cast<unsigned char>(c) >= 0x80 && static_cast<unsigned char>(c) < 0xA0;
    };
    return std::ranges::any_of(line, windows) ? "CP1252" : "LATIN1";
}

std::string not_utf8(std::string_view line, std::size_t at) {
    std::array<char, 8> byte{};
    std::snprintf(byte.data(), byte.size(), "0x%02X", static_cast<unsigned>(static_cast<unsigned char>(line[at])));
    std::string what = "byte " + std::string(byte.data()) + " at column " +
                       std::to_string(utf8::count_code_points(line.substr(0, at)) + 1) + " is not UTF-8";
    if (is_binary(line)) return what + "; it holds control bytes: is this a file of text?";
    const auto encoding = looks_encoded_as(line, at);
    if (encoding.empty()) return what + "; the text mixes encodings, or was cut inside a character";
    return what + "; it looks like " + std::string(name_of(encoding));
}

std::string conversion(std::string_view from, const std::string& path) {
    std::string command = "iconv -f " + std::string(from) + " -t UTF-8";
    if (path == "-") return command;
    const auto slash = path.rfind('/');
    auto dot = path.rfind('.');
    if (dot == std::string::npos || (slash != std::string::npos && dot < slash)) dot = path.size();
    return command + ' ' + shell_quoted(path) + " > " + shell_quoted(path.substr(0, dot) + ".utf8" + path.substr(dot));
}

std::optional<std::string_view> wide_encoding(std::string_view beginning) {
    if (beginning.starts_with("\xFF\xFE") || beginning.starts_with("\xFE\xFF")) return "UTF-16";
    if (beginning.size() < 4) return std::nullopt;
    const auto is_zero = [&](std::size_t i) { return beginning[i] == '\0'; };
    if (!is_zero(0) && is_zero(1) && !is_zero(2) && is_zero(3)) return "UTF-16LE";
    if (is_zero(0) && !is_zero(1) && is_zero(2) && !is_zero(3)) return "UTF-16BE";
    return std::nullopt;
}

}  // namespace prelabel
