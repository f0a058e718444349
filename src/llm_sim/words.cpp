#include <prelabel/base/utf8.hpp>

#include <algorithm>
#include <array>

#include <llm_sim/words.hpp>

namespace prelabel::llm_sim {
namespace {

bool is_ascii_digit(char c) { return c >= '0' && c <= '9'; }
bool is_ascii_upper(char c) { return c >= 'A' && c <= 'Z'; }

constexpr std::array<bool, 128> ascii_word_characters = [] {
    std::array<bool, 128> is{};
    for (std::size_t c = 0; c < is.size(); ++c)
        is[c] = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    return is;
}();

/// Punctuation in the middle of the alphabets below: Greek, Armenian, Hebrew, Arabic.
bool is_foreign_punctuation(char32_t c) {
    return c == 0x37E || c == 0x387 || c == 0x589 || c == 0x5BE || c == 0x60C || c == 0x61B || c == 0x61F ||
           (c >= 0x66A && c <= 0x66D) || c == 0x6D4;
}

/// Letters and marks of alphabets written with spaces: Latin to Arabic, and the Latin extensions.
bool is_letter(char32_t c) {
    const bool in_blocks = (c >= 0xC0 && c <= 0x7FF && c != 0xD7 && c != 0xF7) || (c >= 0x1E00 && c <= 0x1FFF);
    return in_blocks && !is_foreign_punctuation(c);
}

bool is_capital(char32_t c) {
    return (c >= 0xC0 && c <= 0xDE) || (c >= 0x391 && c <= 0x3A9) || (c >= 0x400 && c <= 0x42F);
}

/// Bytes of the word character at `at`, 0 when there is none.
std::size_t word_character(std::string_view text, std::size_t at) {
    const auto c = static_cast<unsigned char>(text[at]);
    if (c < ascii_word_characters.size()) return ascii_word_characters[c] ? 1 : 0;
    const auto decoded = utf8::decode(text, at);
    return is_letter(decoded.code_point) ? decoded.bytes : 0;
}

/// Bytes of a hyphen or an apostrophe (also U+2019) at `at`, 0 when there is none.
std::size_t inner_mark(std::string_view text, std::size_t at) {
    if (text[at] == '-' || text[at] == '\'') return 1;
    return text.substr(at).starts_with("\u2019") ? 3 : 0;
}

std::size_t without_possessive(std::string_view text, std::size_t start, std::size_t end) {
    if (text[end - 1] != 's') return end;
    for (const std::string_view mark : {"'s", "\u2019s"}) {
        if (text.substr(start, end - start).ends_with(mark)) return end - mark.size();
    }
    return end;
}

}  // namespace

std::vector<Word> words_of(std::string_view text) {
    std::vector<Word> words;
    words.reserve(text.size() / 6 + 1);
    std::size_t at = 0;
    std::size_t last_end = 0;  // with its possessive: "Ada's Paris" is two names
    while (at < text.size()) {
        std::size_t step = word_character(text, at);
        if (step == 0) {
            at += static_cast<unsigned char>(text[at]) < 0x80 ? 1 : utf8::decode(text, at).bytes;
            continue;
        }
        Word word;
        word.start = at;
        word.joined = !words.empty() && at == last_end + 1 && text[last_end] == ' ' && words.back().end == last_end;
        while (at < text.size()) {
            step = word_character(text, at);
            if (step == 0) {
                const std::size_t mark = inner_mark(text, at);
                if (mark == 0 || at + mark >= text.size() || word_character(text, at + mark) == 0) break;
                step = mark;
            }
            at += step;
        }
        last_end = at;
        word.end = without_possessive(text, word.start, at);
        const std::string_view bytes = text.substr(word.start, word.end - word.start);
        if (bytes.empty()) continue;
        word.capital = static_cast<unsigned char>(bytes[0]) < 0x80 ? is_ascii_upper(bytes[0])
                                                                   : is_capital(utf8::decode(bytes, 0).code_point);
        word.number = std::ranges::all_of(bytes, is_ascii_digit);
        words.push_back(word);
    }
    return words;
}

}  // namespace prelabel::llm_sim
