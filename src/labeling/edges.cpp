#include "labeling/edges.hpp"

#include <prelabel/base/utf8.hpp>

#include <algorithm>
#include <array>
#include <utf8proc.h>

namespace prelabel::labeling {
namespace {

constexpr int look_back_max = 64;
constexpr std::uint64_t steps_per_edge = 16;
constexpr std::uint64_t steps_per_byte_back = 4;

unsigned char byte(std::string_view text, std::size_t at) { return static_cast<unsigned char>(text[at]); }

bool is_ascii(unsigned char c) { return c < 0x80; }

bool is_ascii_word(unsigned char c) {
    const auto lower = static_cast<unsigned char>(c | 0x20);
    return (lower >= 'a' && lower <= 'z') || (c >= '0' && c <= '9');
}

std::size_t before(std::string_view text, std::size_t at) {
    do --at;
    while ((byte(text, at) & 0xC0) == 0x80);
    return at;
}

struct Range {
    char32_t first;
    char32_t last;
};

template <std::size_t n>
bool in(const std::array<Range, n>& ranges, char32_t c) {
    const auto found = std::ranges::lower_bound(ranges, c, {}, &Range::last);
    return found != ranges.end() && c >= found->first;
}

/// Scripts without spaces between words, and Hangul, whose particles follow without one.
constexpr std::array<Range, 18> unspaced_ranges = {{{0x0E00, 0x0FFF},
                                                    {0x1000, 0x109F},
                                                    {0x1100, 0x11FF},
                                                    {0x1780, 0x17FF},
                                                    {0x1950, 0x19FF},
                                                    {0x1A20, 0x1AAF},
                                                    {0x2E80, 0x2FDF},
                                                    {0x3005, 0x3007},
                                                    {0x3021, 0x3029},
                                                    {0x3031, 0x3035},
                                                    {0x3040, 0x31FF},
                                                    {0x3400, 0x9FFF},
                                                    {0xA960, 0xA97F},
                                                    {0xAC00, 0xD7FF},
                                                    {0xF900, 0xFAFF},
                                                    {0xFF66, 0xFFDC},
                                                    {0x1B000, 0x1B16F},
                                                    {0x20000, 0x3FFFF}}};

/// Hebrew, Arabic and Syriac: "and", "in", "to" are letters written onto the following word.
constexpr std::array<Range, 4> proclitic_ranges = {
    {{0x0590, 0x077F}, {0x08A0, 0x08FF}, {0xFB1D, 0xFDFF}, {0xFE70, 0xFEFC}}};

enum class Word { none, spaced, proclitic, unspaced };

Word word_class(char32_t c) {
    if (c < 0x80) return is_ascii_word(static_cast<unsigned char>(c)) ? Word::spaced : Word::none;
    switch (utf8proc_category(static_cast<utf8proc_int32_t>(c))) {
        case UTF8PROC_CATEGORY_LU:
        case UTF8PROC_CATEGORY_LL:
        case UTF8PROC_CATEGORY_LT:
        case UTF8PROC_CATEGORY_LM:
        case UTF8PROC_CATEGORY_LO:
        case UTF8PROC_CATEGORY_MN:
        case UTF8PROC_CATEGORY_MC:
        case UTF8PROC_CATEGORY_ND:
        case UTF8PROC_CATEGORY_NL:
            break;
        default:
            return Word::none;
    }
    if (in(unspaced_ranges, c)) return Word::unspaced;
    return in(proclitic_ranges, c) ? Word::proclitic : Word::spaced;
}

/// The two sides of an edge, `at` between them; not at either end of the text.
struct Sides {
    char32_t left;
    char32_t right;
};

Sides sides(std::string_view text, std::size_t at) {
    return {utf8::decode(text, before(text, at)).code_point, utf8::decode(text, at).code_point};
}

/// The kind of word that goes on across `at`; none when a word may begin or end there.
Word word_across(std::string_view text, std::size_t at) {
    const auto [left, right] = sides(text, at);
    const Word word = word_class(left);
    return word == Word::none || word == Word::unspaced || word != word_class(right) ? Word::none : word;
}

utf8proc_propval_t boundary_class(char32_t c) {
    return utf8proc_get_property(static_cast<utf8proc_int32_t>(c))->boundclass;
}

/// Whether what comes before this one may change whether a cluster ends behind it.
bool depends_on_left(char32_t c) {
    switch (boundary_class(c)) {
        case UTF8PROC_BOUNDCLASS_EXTEND:
        case UTF8PROC_BOUNDCLASS_ZWJ:
        case UTF8PROC_BOUNDCLASS_REGIONAL_INDICATOR:
            return true;
        default:
            return false;
    }
}

/// Marks and joiners continue a cluster whatever comes before their left neighbour.
bool depends_on_neighbour_only(char32_t c) {
    return boundary_class(c) == UTF8PROC_BOUNDCLASS_EXTEND || boundary_class(c) == UTF8PROC_BOUNDCLASS_ZWJ;
}

bool splits_character(std::string_view text, std::size_t at, WorkBudget& budget) {
    std::size_t from = before(text, at);
    if (!depends_on_neighbour_only(utf8::decode(text, at).code_point)) {
        for (int steps = 0; from > 0 && steps < look_back_max && depends_on_left(utf8::decode(text, from).code_point);
             ++steps)
            from = before(text, from);
    }
    static_cast<void>(budget.spend((at - from) * steps_per_byte_back));
    utf8proc_int32_t state = 0;
    bool split = false;
    for (auto left = utf8::decode(text, from); from < at; from += left.bytes) {
        left = utf8::decode(text, from);
        const auto right = utf8::decode(text, from + left.bytes);
        split = !utf8proc_grapheme_break_stateful(static_cast<utf8proc_int32_t>(left.code_point),
                                                  static_cast<utf8proc_int32_t>(right.code_point), &state);
    }
    return split;
}

Fit fit_at(std::string_view text, std::size_t at, bool is_start, WorkBudget& budget) {
    if (at == 0 || at == text.size()) return Fit::whole;
    const unsigned char left = byte(text, at - 1);
    const unsigned char right = byte(text, at);
    if (is_ascii(left) && is_ascii(right)) {
        const bool inside = (is_ascii_word(left) && is_ascii_word(right)) || (left == '\r' && right == '\n');
        return inside ? Fit::broken : Fit::whole;
    }
    static_cast<void>(budget.spend(steps_per_edge));
    const Word across = word_across(text, at);
    if (across == Word::spaced || (across == Word::proclitic && !is_start) || splits_character(text, at, budget))
        return Fit::broken;
    return across == Word::proclitic ? Fit::attached : Fit::whole;
}

}  // namespace

Fit fit(std::string_view text, Span span, WorkBudget& budget) {
    static_cast<void>(budget.spend(2));
    const Fit start = fit_at(text, span.start, true, budget);
    if (start == Fit::broken || fit_at(text, span.end, false, budget) == Fit::broken) return Fit::broken;
    return start;
}

bool inside_ascii_word(std::string_view text, std::size_t at) {
    return at > 0 && is_ascii_word(byte(text, at - 1)) && is_ascii_word(byte(text, at));
}

std::size_t ascii_word_end(std::string_view text, std::size_t at) {
    while (at < text.size() && is_ascii_word(byte(text, at))) ++at;
    return at;
}

}  // namespace prelabel::labeling
