#include "labeling/folded_text.hpp"

#include <prelabel/base/expects.hpp>
#include <prelabel/base/utf8.hpp>

#include <algorithm>
#include <array>
#include <utf8proc.h>

namespace prelabel::labeling {
namespace {

constexpr std::uint64_t steps_per_byte = 4;
constexpr std::uint64_t steps_per_code_point = 20;

bool is_ascii(char c) { return static_cast<unsigned char>(c) < 0x80; }

bool is_ascii_space(char32_t c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

bool is_space(char32_t c) {
    if (c < 0x80) return is_ascii_space(c);
    const auto category = utf8proc_category(static_cast<utf8proc_int32_t>(c));
    return c == 0x85 || category == UTF8PROC_CATEGORY_ZS || category == UTF8PROC_CATEGORY_ZL ||
           category == UTF8PROC_CATEGORY_ZP;
}

/// Models straighten quotes and dashes when they copy.
char32_t plain_punctuation(char32_t c) {
    if (c >= 0x2018 && c <= 0x201B) return '\'';
    if (c >= 0x201C && c <= 0x201F) return '"';
    if ((c >= 0x2010 && c <= 0x2015) || c == 0x2212) return '-';
    return c == 0x02BC || c == 0x2032 ? U'\'' : c;
}

/// End of the user-perceived character (extended grapheme cluster) that begins at `at`.
std::size_t character_end(std::string_view text, std::size_t at) {
    utf8proc_int32_t state = 0;
    auto left = utf8::decode(text, at);
    while ((at += left.bytes) < text.size()) {
        const auto right = utf8::decode(text, at);
        if (utf8proc_grapheme_break_stateful(static_cast<utf8proc_int32_t>(left.code_point),
                                             static_cast<utf8proc_int32_t>(right.code_point), &state))
            break;
        left = right;
    }
    return at;
}

std::uint64_t combining_class(char32_t c) {
    return utf8proc_get_property(static_cast<utf8proc_int32_t>(c))->combining_class;
}

/// Appends `c`, case folded and decomposed.
void append_decomposed(char32_t c, std::u32string& out) {
    constexpr auto options =
        static_cast<utf8proc_option_t>(UTF8PROC_COMPAT | UTF8PROC_DECOMPOSE | UTF8PROC_CASEFOLD | UTF8PROC_IGNORE);
    std::array<utf8proc_int32_t, 32> parts;  // the longest decomposition in Unicode has 18
    int boundary = 0;
    const auto count =
        utf8proc_decompose_char(static_cast<utf8proc_int32_t>(c), parts.data(), parts.size(), options, &boundary);
    expects(count >= 0 && static_cast<std::size_t>(count) <= parts.size(), "a character's decomposition is short");
    out.append(parts.begin(), parts.begin() + count);
}

/// Marks on one base in the order of their classes, equal ones as they were: the Canonical Ordering Algorithm.
/// Returns how many were compared.
std::uint64_t order_canonically(std::u32string& character) {
    std::uint64_t compared = 0;
    const auto before = [&](char32_t one, char32_t other) {
        ++compared;
        return combining_class(one) < combining_class(other);
    };
    const auto is_base = [](char32_t c) { return combining_class(c) == 0; };
    for (auto from = character.begin(); from != character.end();) {
        const auto marks = std::find_if_not(from, character.end(), is_base);
        from = std::find_if(marks, character.end(), is_base);
        if (!std::ranges::is_sorted(marks, from, before)) std::ranges::stable_sort(marks, from, before);
    }
    return compared;
}

/// True when folding leaves nothing but white space.
bool is_invisible(std::string_view text) {
    std::u32string parts;
    for (std::size_t at = 0; at < text.size();) {
        const auto next = utf8::decode(text, at);
        append_decomposed(next.code_point, parts);
        if (std::ranges::any_of(parts, [](char32_t c) { return !is_space(c); })) return false;
        parts.clear();
        at += next.bytes;
    }
    return true;
}

}  // namespace

FoldedText::FoldedText(std::string_view text, WorkBudget& budget) {
    expects(text.size() < inside, "a text to fold is below 4 GiB");
    if (!budget.spend(text.size() * steps_per_byte)) return;
    folded_.reserve(text.size());
    starts_.reserve(text.size());
    ends_.reserve(text.size());
    for (std::size_t at = 0; at < text.size() && !budget.exhausted();) {
        // ASCII before ASCII is a character of its own; only CR LF is one of two, and both are white space.
        if (is_ascii(text[at]) && (at + 1 == text.size() || is_ascii(text[at + 1]))) {
            add_ascii(text[at], at);
            ++at;
            continue;
        }
        const Span character{at, character_end(text, at)};
        add_character(text.substr(at, character.end - at), character, budget);
        at = character.end;
    }
}

void FoldedText::add_ascii(char c, std::size_t at) {
    if (is_ascii_space(static_cast<unsigned char>(c))) return add_space({at, at + 1});
    const bool upper = c >= 'A' && c <= 'Z';
    folded_ += upper ? static_cast<char>(c | 0x20) : c;
    starts_.push_back(static_cast<std::uint32_t>(at));
    ends_.push_back(static_cast<std::uint32_t>(at + 1));
}

void FoldedText::add_space(Span character) {
    if (!folded_.empty() && folded_.back() == ' ') {
        ends_.back() = static_cast<std::uint32_t>(character.end);
        return;
    }
    folded_ += ' ';
    map(folded_.size() - 1, character);
}

void FoldedText::add_character(std::string_view text, Span character, WorkBudget& budget) {
    if (const auto first = utf8::decode(text, 0); first.bytes == text.size() && is_space(first.code_point))
        return add_space(character);
    character_.clear();
    for (std::size_t at = 0; at < text.size();) {
        const auto next = utf8::decode(text, at);
        append_decomposed(next.code_point, character_);
        at += next.bytes;
    }
    if (character_ == U" ") return add_space(character);  // with a variation selector, or a joiner
    if (!budget.spend(character_.size() * steps_per_code_point + order_canonically(character_))) return;
    const std::size_t from = folded_.size();
    for (const char32_t c : character_) utf8::append(plain_punctuation(c), folded_);
    map(from, character);
}

void FoldedText::map(std::size_t from, Span character) {
    if (from == folded_.size()) return;  // an invisible character
    starts_.resize(folded_.size(), inside);
    ends_.resize(folded_.size(), inside);
    starts_[from] = static_cast<std::uint32_t>(character.start);
    ends_.back() = static_cast<std::uint32_t>(character.end);
}

std::optional<Span> FoldedText::origin(std::size_t at, std::size_t length) const {
    const std::uint32_t start = starts_[at];
    const std::uint32_t end = ends_[at + length - 1];
    if (start == inside || end == inside) return std::nullopt;
    return Span{start, end};
}

std::string folded(std::string_view text, WorkBudget& budget) {
    std::string out = FoldedText(text, budget).folded();
    if (out.ends_with(' ')) out.pop_back();
    if (out.starts_with(' ')) out.erase(0, 1);
    return out;
}

std::string_view trimmed(std::string_view text) {
    while (!text.empty()) {
        const auto first = utf8::decode(text, 0);
        if (!is_space(first.code_point)) break;
        text.remove_prefix(first.bytes);
    }
    while (!text.empty()) {
        std::size_t last = text.size() - 1;
        while ((static_cast<unsigned char>(text[last]) & 0xC0) == 0x80) --last;
        if (!is_space(utf8::decode(text, last).code_point)) break;
        text.remove_suffix(text.size() - last);
    }
    // What begins with ASCII is visible by now; nothing else needs the slow way unless it begins invisibly.
    if (text.empty() || is_ascii(text.front())) return text;
    const auto category = utf8proc_category(static_cast<utf8proc_int32_t>(utf8::decode(text, 0).code_point));
    const bool may_be_invisible = category == UTF8PROC_CATEGORY_CF || category == UTF8PROC_CATEGORY_MN;
    return may_be_invisible && is_invisible(text) ? std::string_view() : text;
}

}  // namespace prelabel::labeling
