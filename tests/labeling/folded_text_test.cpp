#include "labeling/folded_text.hpp"

#include <prelabel/base/rng.hpp>
#include <prelabel/base/utf8.hpp>

#include <array>
#include <limits>
#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace prelabel::labeling {
namespace {

WorkBudget plenty() { return WorkBudget(std::numeric_limits<std::uint64_t>::max()); }

std::string fold(std::string_view text) {
    WorkBudget budget = plenty();
    return folded(text, budget);
}

std::string text_of(const std::u32string& points) {
    std::string text;
    for (const char32_t point : points) utf8::append(point, text);
    return text;
}

TEST(FoldedText, TwoSpellingsOfOneNameAreEqual) {
    const std::vector<std::vector<std::string_view>> spellings = {
        {"Ada Lovelace", "ADA LOVELACE", "ada\tlovelace", "Ada\r\n  Lovelace", "Ada\u00A0Lovelace", "Ada\u3000Lovelace",
         " Ada Lovelace\n", "Ada \u2028 Lovelace", "Ada\u0085Lovelace"},
        {"Zoë", "Zoe\u0308", "ZOË", "Zo\u00ADë", "Z\u200Boë", "\uFEFFZoë", "Zoë\u2060"},
        {"Straße", "STRASSE", "STRAẞE", "strasse"},
        {"ﬃ", "ffi", "FFI"},
        {"IBM", "ＩＢＭ", "𝐈𝐁𝐌", "ⓘⓑⓜ"},
        {"O'Neill", "O’Neill", "O‘Neill", "Oʼneill", "O′Neill"},
        {"\"so\"", "“so”", "„so‟", "‟so“"},
        {"a-b", "a‐b", "a‑b", "a–b", "a—b", "a−b", "a―b"},
        {"ΟΔΟΣ", "οδος", "οδοσ"},
        {"ｶﾞ", "ガ", "カ\u3099"},
        {"№ 5", "No 5"},
        {"½", "1⁄2"},
        {"Ṩ", "ṩ", "s\u0323\u0307", "s\u0307\u0323"},
        {"a\u0301\u0308\u0323", "a\u0323\u0301\u0308"},
    };
    for (const auto& equal : spellings) {
        for (const auto& spelling : equal) EXPECT_EQ(fold(spelling), fold(equal.front())) << spelling;
    }
}

TEST(FoldedText, DifferentNamesStayDifferent) {
    const std::vector<std::string_view> names = {
        "Zoë", "Zoe", "Ada", "Äda", "Muller", "Müller",        "Mueller",       "a b", "ab",   "a-b", "a_b",
        "1",   "l",   "И",   "Й",   "が",     "a\u0301\u0308", "a\u0308\u0301", "か",  "서울", "서율"};
    for (std::size_t one = 0; one < names.size(); ++one) {
        for (std::size_t other = 0; other < one; ++other)
            EXPECT_NE(fold(names[one]), fold(names[other])) << names[one] << ' ' << names[other];
    }
}

TEST(FoldedText, CapitalsOfTheAlphabetsLoseTheirCase) {
    struct Letters {
        char32_t first;
        char32_t last;
        char32_t to_small;
    };
    constexpr std::array<Letters, 6> alphabets = {
        {{U'A', U'Z', 32}, {U'Α', U'Ρ', 32}, {U'Σ', U'Ω', 32}, {U'А', U'Я', 32}, {U'Ա', U'Ֆ', 48}, {U'À', U'Ö', 32}}};
    for (const auto& [first, last, to_small] : alphabets) {
        for (char32_t c = first; c <= last; ++c)
            EXPECT_EQ(fold(text_of({c})), fold(text_of({c + to_small}))) << text_of({c});
    }
}

// Hangul decomposes by arithmetic (Unicode, 3.12), so all of it can be told without a table.
TEST(FoldedText, EverySyllableOfHangulEqualsItsLetters) {
    for (char32_t syllable = 0; syllable < 11'172; ++syllable) {
        std::u32string letters{0x1100 + syllable / 588, 0x1161 + syllable % 588 / 28};
        if (syllable % 28 != 0) letters += 0x11A7 + syllable % 28;
        ASSERT_EQ(fold(text_of({0xAC00 + syllable})), text_of(letters)) << static_cast<unsigned>(syllable);
    }
}

TEST(FoldedText, FoldingTwiceIsFoldingOnce) {
    for (char32_t c = 1; c <= 0x1FFFF; ++c) {
        if (c >= 0xD800 && c <= 0xDFFF) continue;
        const std::string once = fold(text_of({U'x', c, U'y'}));
        ASSERT_EQ(fold(once), once) << std::hex << static_cast<unsigned>(c);
    }
}

TEST(FoldedText, KnowsTheCharacterThatEveryByteCameFrom) {
    WorkBudget budget = plenty();
    const FoldedText text("Straße", budget);
    ASSERT_EQ(text.folded(), "strasse");
    EXPECT_EQ(text.origin(0, 7), (Span{0, 7}));
    EXPECT_EQ(text.origin(0, 4), (Span{0, 4}));
    EXPECT_EQ(text.origin(4, 2), (Span{4, 6})) << "the two letters of one character";
    EXPECT_EQ(text.origin(4, 1), std::nullopt) << "half of it";
    EXPECT_EQ(text.origin(5, 2), std::nullopt);
    EXPECT_EQ(text.origin(0, 5), std::nullopt);
    EXPECT_EQ(text.origin(6, 1), (Span{6, 7}));
}

TEST(FoldedText, CutsNoCharacterOfTheTextInTwo) {
    for (const std::string character :
         {"e\u0301", "é", "ﬃ", "İ", "👍\U0001F3FD", "👩\u200D👧", "🇫🇷", "가\u11A8", "각"}) {
        WorkBudget budget = plenty();
        const FoldedText text("a" + character + "b", budget);
        const std::size_t bytes = text.folded().size() - 2;
        for (std::size_t at = 0; at <= bytes; ++at) {
            const bool cuts = at > 0 && at < bytes;
            EXPECT_EQ(text.origin(0, at + 1).has_value(), !cuts) << character << ' ' << at;
            EXPECT_EQ(text.origin(at + 1, bytes - at + 1).has_value(), !cuts) << character << ' ' << at;
        }
        EXPECT_EQ(text.origin(1, bytes), (Span{1, 1 + character.size()})) << character;
    }
}

TEST(FoldedText, ARunOfWhiteSpaceIsOneCharacterOfTheText) {
    WorkBudget budget = plenty();
    const FoldedText text("a \r\n\u00A0b", budget);
    ASSERT_EQ(text.folded(), "a b");
    EXPECT_EQ(text.origin(0, 3), (Span{0, 7}));
    EXPECT_EQ(text.origin(1, 1), (Span{1, 6}));
    EXPECT_EQ(text.origin(1, 2), (Span{1, 7}));
}

TEST(FoldedText, InvisibleCharactersBelongToNoMatchAtItsEnds) {
    WorkBudget budget = plenty();
    const FoldedText text("\u200Ba\u2060b\u200B", budget);
    ASSERT_EQ(text.folded(), "ab");
    EXPECT_EQ(text.origin(0, 1), (Span{3, 4}));
    EXPECT_EQ(text.origin(0, 2), (Span{3, 8}));
    EXPECT_EQ(text.origin(1, 1), (Span{7, 8}));
}

/// Pieces whose folds are shorter, longer, split, joined with their neighbours, or nothing.
constexpr std::array<std::string_view, 20> pieces = {"a",  "B",  "é",  "e",      "\u0301", "\u0323", "ß",
                                                     "ﬃ",  "İ",  " ",  "\u00A0", "\u200B", "\u200D", "🇫",
                                                     "👩", "\r", "\n", "가",     "–",      "¨"};

// The definition of an origin: folding it alone gives the same.
TEST(FoldedText, EveryOriginFoldsToWhatItIsTheOriginOf) {
    Rng rng(11);
    for (int round = 0; round < 4'000; ++round) {
        std::string text;
        for (auto left = 1 + rng.below(8); left > 0; --left) text += pieces[rng.below(pieces.size())];
        WorkBudget budget = plenty();
        const FoldedText whole(text, budget);
        ASSERT_EQ(utf8::first_invalid(whole.folded()), std::nullopt) << testing::PrintToString(text);
        for (std::size_t at = 0; at < whole.folded().size(); ++at) {
            for (std::size_t length = 1; at + length <= whole.folded().size(); ++length) {
                const auto span = whole.origin(at, length);
                if (!span) continue;
                ASSERT_LT(span->start, span->end);
                ASSERT_LE(span->end, text.size());
                const FoldedText part(text.substr(span->start, span->end - span->start), budget);
                ASSERT_EQ(part.folded(), whole.folded().substr(at, length)) << testing::PrintToString(text);
            }
        }
    }
}

TEST(FoldedText, NeverHasTwoSpacesInARow) {
    Rng rng(12);
    constexpr std::array<std::string_view, 8> spaces = {" ",      "\n",     "\r",     "\u00A0",
                                                        "\u3000", "\u200B", "\u200D", "\uFE0F"};
    for (int round = 0; round < 4'000; ++round) {
        std::string text = "a";
        for (auto left = rng.below(6); left > 0; --left) text += spaces[rng.below(spaces.size())];
        text += "b";
        const std::string out = fold(text);
        ASSERT_TRUE(out == "ab" || out == "a b") << testing::PrintToString(text);
    }
}

TEST(FoldedText, MarksPiledOntoOneCharacterAreOrderedInLittleWork) {
    std::string above_first = "a";
    std::string below_first = "a";
    for (int i = 0; i < 20'000; ++i) above_first += i < 10'000 ? "\u0301" : "\u0323";
    for (int i = 0; i < 20'000; ++i) below_first += i < 10'000 ? "\u0323" : "\u0301";
    EXPECT_EQ(fold(above_first), fold(below_first));
    WorkBudget budget(100 * above_first.size());
    const FoldedText text(above_first, budget);
    EXPECT_FALSE(budget.exhausted());
    EXPECT_EQ(text.origin(0, text.folded().size()), (Span{0, above_first.size()}));
}

TEST(FoldedText, StopsWhereTheBudgetEnds) {
    const std::string text = "Zoë Straße ﬃ Ωδος";
    WorkBudget counting = plenty();
    const std::string whole = FoldedText(text, counting).folded();
    for (std::uint64_t steps = 0; steps < counting.spent(); ++steps) {
        WorkBudget budget(steps);
        const FoldedText part(text, budget);
        ASSERT_TRUE(budget.exhausted());
        ASSERT_TRUE(whole.starts_with(part.folded())) << steps;
        ASSERT_LT(part.folded().size(), whole.size()) << steps;
    }
    WorkBudget enough(counting.spent());
    EXPECT_EQ(FoldedText(text, enough).folded(), whole);
    EXPECT_FALSE(enough.exhausted());
}

TEST(FoldedText, TrimmingTakesWhiteSpaceOfEveryKindAndNothingElse) {
    EXPECT_EQ(trimmed("Ada"), "Ada");
    EXPECT_EQ(trimmed(" \t\r\n\v\fAda B \n"), "Ada B");
    EXPECT_EQ(trimmed("\u00A0\u2003Ada\u3000\u2029"), "Ada");
    EXPECT_EQ(trimmed("\u0085é\u0085"), "é");
    EXPECT_EQ(trimmed("-Ada."), "-Ada.");
    EXPECT_EQ(trimmed(" 漢 字 "), "漢 字");
    EXPECT_EQ(trimmed("\u200BAda"), "\u200BAda") << "something visible follows";
}

TEST(FoldedText, NothingVisibleTrimsToNothing) {
    for (const std::string_view text :
         {"", " ", "\n\t", "\u00A0", "\u200B", " \u200B ", "\uFEFF", "\u2060\u00AD", "\u200D\uFE0F", "\u200B \u200B"})
        EXPECT_EQ(trimmed(text), "") << testing::PrintToString(std::string(text));
    EXPECT_EQ(trimmed("\u0301"), "\u0301") << "a mark alone is seen";
}

}  // namespace
}  // namespace prelabel::labeling
