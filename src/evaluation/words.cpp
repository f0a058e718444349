#include <prelabel/base/utf8.hpp>
#include <prelabel/evaluation/words.hpp>

#include <algorithm>
#include <array>
#include <cstdint>

namespace prelabel::evaluation {
namespace {

enum class Kind : std::uint8_t { space, word, single };

struct Range {
    char32_t first;
    char32_t last;
    Kind kind;
};

// Blocks above ASCII whose characters are not part of words, in order; all others are taken for letters and marks.
// White space is Unicode's White_Space. Joiners (200C, 200D) stay inside words.
constexpr std::array<Range, 34> ranges{{
    {0x85, 0x85, Kind::space},        {0xA0, 0xA0, Kind::space},      {0xA1, 0xA9, Kind::single},
    {0xAB, 0xB4, Kind::single},       {0xB6, 0xB9, Kind::single},     {0xBB, 0xBF, Kind::single},
    {0xD7, 0xD7, Kind::single},       {0xF7, 0xF7, Kind::single},     {0x55A, 0x55F, Kind::single},
    {0x5BE, 0x5BE, Kind::single},     {0x5F3, 0x5F4, Kind::single},   {0x600, 0x60F, Kind::single},
    {0x61B, 0x61F, Kind::single},     {0x66A, 0x66D, Kind::single},   {0x964, 0x965, Kind::single},
    {0x1680, 0x1680, Kind::space},    {0x2000, 0x200A, Kind::space},  {0x2010, 0x2027, Kind::single},
    {0x2028, 0x2029, Kind::space},    {0x202F, 0x202F, Kind::space},  {0x2030, 0x205E, Kind::single},
    {0x205F, 0x205F, Kind::space},    {0x20A0, 0x20CF, Kind::single}, {0x2100, 0x2BFF, Kind::single},
    {0x2E00, 0x2FFF, Kind::single},   {0x3000, 0x3000, Kind::space},  {0x3001, 0x30FF, Kind::single},
    {0x3100, 0x312F, Kind::word},     {0x3130, 0x318F, Kind::word},   {0x3190, 0x9FFF, Kind::single},
    {0xF900, 0xFAFF, Kind::single},   {0xFE10, 0xFE6F, Kind::single}, {0xFF01, 0xFF0F, Kind::single},
    {0x1F000, 0x3FFFF, Kind::single},
}};

Kind ascii_kind(char32_t c) {
    if ((c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '_') return Kind::word;
    return c > ' ' && c != 0x7F ? Kind::single : Kind::space;
}

Kind kind_of(char32_t c) {
    if (c < 0x80) return ascii_kind(c);
    const auto range = std::ranges::lower_bound(ranges, c, {}, &Range::last);
    return range != ranges.end() && range->first <= c ? range->kind : Kind::word;
}

}  // namespace

std::vector<labeling::Span> words(std::string_view text) {
    std::vector<labeling::Span> found;
    std::size_t position = 0;
    bool in_word = false;
    for (std::size_t at = 0; at < text.size(); ++position) {
        const auto [code_point, bytes] = utf8::decode(text, at);
        at += bytes;
        const auto kind = kind_of(code_point);
        if (kind == Kind::word && in_word)
            found.back().end = position + 1;
        else if (kind != Kind::space)
            found.push_back({position, position + 1});
        in_word = kind == Kind::word;
    }
    return found;
}

}  // namespace prelabel::evaluation
