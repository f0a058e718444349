#include "labeling/edges.hpp"

#include <prelabel/base/utf8.hpp>

#include <array>
#include <limits>
#include <ostream>
#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace prelabel::labeling {

void PrintTo(Fit fit, std::ostream* out) {
    *out << (fit == Fit::whole ? "whole" : fit == Fit::attached ? "attached" : "broken");
}

namespace {

WorkBudget plenty() { return WorkBudget(std::numeric_limits<std::uint64_t>::max()); }

/// How the part of `marked` between the two bars fits into the text without the bars.
Fit fit(std::string_view marked, WorkBudget budget = plenty()) {
    const std::size_t start = marked.find('|');
    const std::size_t end = marked.find('|', start + 1) - 1;
    std::string text(marked);
    std::erase(text, '|');
    return labeling::fit(text, {start, end}, budget);
}

struct Case {
    std::string_view marked;
    Fit fit;
};

const std::vector<Case>& cases() {
    static const std::vector<Case> all = {
        // the whole text, and its ends
        {"|Ada|", Fit::whole},
        {"|Ada| left", Fit::whole},
        {"met |Ada|", Fit::whole},
        // punctuation is an edge of words, whatever its script
        {"|Ada|'s", Fit::whole},
        {"|Ada|’s", Fit::whole},
        {"|Ada|-like", Fit::whole},
        {"(|Ada|)", Fit::whole},
        {"“|Ada|”…", Fit::whole},
        {"@|ada|_l", Fit::whole},
        {"«|Москва|»", Fit::whole},
        // a letter or a digit continues the word
        {"|Ada|ptive", Fit::broken},
        {"|Budapest|en", Fit::broken},
        {"Mc|Donald|", Fit::broken},
        {"|A|4", Fit::broken},
        {"1|2|", Fit::broken},
        {"|Москв|а", Fit::broken},
        {"На|дежда|", Fit::broken},
        {"|Αθήν|α", Fit::broken},
        {"|Ni|ñ", Fit::broken},
        {"Ł|ó|dź", Fit::broken},
        {"|हिन्द|ी", Fit::broken},
        {"|१|२", Fit::broken},
        {"cafe\u0301|s|", Fit::broken},  // behind a mark, too
        {"हिन्दु|स्तान|", Fit::broken},
        {"|p|ʰ", Fit::broken},
        {"Ⅳ|a|", Fit::broken},
        {"ǅ|a|", Fit::broken},
        {"|Ada|б", Fit::broken},
        // scripts without spaces, and particles glued to a name
        {"昨日、|山田|太郎", Fit::whole},
        {"山田|太郎|は", Fit::whole},
        {"|トヨタ|は", Fit::whole},
        {"|서울|에서", Fit::whole},
        {"ใน|กรุงเทพ|ที่", Fit::whole},
        {"ຢູ່|ວຽງຈັນ|ນີ້", Fit::whole},
        {"|ភ្នំពេញ|នេះ", Fit::whole},
        {"|ရန်ကုန်|မြို့", Fit::whole},
        {"|ལྷ|ས", Fit::whole},
        {"新|Sony|社", Fit::whole},
        {"|서울|A", Fit::whole},
        // letters of Arabic and Hebrew that are written onto the next word
        {"و|القاهرة|", Fit::attached},
        {"ב|ירושלים|", Fit::attached},
        {"|القاهر|ة", Fit::broken},
        {"ב|ירושל|ים", Fit::broken},
        {"في |القاهرة|.", Fit::whole},
        // user-perceived characters
        {"|cafe|\u0301", Fit::broken},
        {"caf|e\u0301|", Fit::broken},
        {"|e\u0301|!", Fit::whole},
        {"a\r|\nb|", Fit::broken},
        {"|a\r|\nb", Fit::broken},
        {"|a\r\n|b", Fit::whole},
        {"|👩|\u200D👧", Fit::broken},
        {"👩\u200D|👧|", Fit::broken},
        {"|👩|👧", Fit::whole},
        {"|👍|\U0001F3FD", Fit::broken},
        {"|❤|\uFE0F", Fit::broken},
        {"|🇫|🇷", Fit::broken},
        {"🇫|🇷|", Fit::broken},
        {"🇫🇷|🇩🇪|🇵🇱", Fit::whole},
        {"🇫|🇷🇩|🇪", Fit::broken},
        {"|각|가", Fit::whole},
        {"|가|\u11A8", Fit::broken},  // the end of that syllable
    };
    return all;
}

TEST(Edges, TellsWhatStandsOnItsOwnFromWhatDoesNot) {
    for (const auto& [marked, expected] : cases()) EXPECT_EQ(fit(marked), expected) << marked;
}

TEST(Edges, JudgesTheSameWhenTheBudgetHasEnded) {
    for (const auto& [marked, expected] : cases()) {
        for (const std::uint64_t steps : {0, 2, 20}) EXPECT_EQ(fit(marked, WorkBudget(steps)), expected) << marked;
    }
}

// The name behind it is what was meant: no spelling joins the two scripts in one word.
TEST(Edges, ALatinNameFitsBehindAHebrewPrefix) { EXPECT_NE(fit("ה|Google|"), Fit::broken); }

// Between any two ASCII bytes, told from either side.
TEST(Edges, InAsciiOnlyTwoWordBytesOrALineEndHoldTogether) {
    const auto is_word = [](int c) {
        return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
    };
    for (int left = 0; left < 128; ++left) {
        for (int right = 0; right < 128; ++right) {
            const std::string text{static_cast<char>(left), static_cast<char>(right)};
            const Fit expected = (is_word(left) && is_word(right)) || text == "\r\n" ? Fit::broken : Fit::whole;
            WorkBudget budget(4);
            ASSERT_EQ(labeling::fit(text, {0, 1}, budget), expected) << left << ' ' << right;
            ASSERT_EQ(labeling::fit(text, {1, 2}, budget), expected) << left << ' ' << right;
            ASSERT_FALSE(budget.exhausted()) << "two steps each";
            ASSERT_EQ(inside_ascii_word(text, 1), is_word(left) && is_word(right)) << left << ' ' << right;
        }
    }
}

/// The rules of UAX #29 for these, one by one (GB3 to GB13).
enum class Kind { carriage_return, line_feed, extend, joiner, flag_half, pictograph, other };
constexpr std::array<char32_t, 7> samples = {U'\r', U'\n', U'\u200C', U'\u200D', U'\U0001F1EB', U'\U0001F469', U'+'};

bool breaks(const std::vector<Kind>& kinds, std::size_t at) {
    const Kind left = kinds[at - 1];
    const Kind right = kinds[at];
    const auto is_control = [](Kind kind) { return kind == Kind::carriage_return || kind == Kind::line_feed; };
    if (left == Kind::carriage_return && right == Kind::line_feed) return false;
    if (is_control(left) || is_control(right)) return true;
    if (right == Kind::extend || right == Kind::joiner) return false;
    if (left == Kind::flag_half && right == Kind::flag_half) {
        std::size_t halves = 0;
        while (halves < at && kinds[at - 1 - halves] == Kind::flag_half) ++halves;
        return halves % 2 == 0;
    }
    if (left == Kind::joiner && right == Kind::pictograph) {
        std::size_t base = at - 1;
        while (base > 0 && kinds[base - 1] == Kind::extend) --base;
        return base == 0 || kinds[base - 1] != Kind::pictograph;
    }
    return true;
}

TEST(Edges, AgreesWithTheRulesOfCharactersInEveryShortText) {
    for (std::size_t length = 2; length <= 5; ++length) {
        std::vector<Kind> kinds(length, Kind{});
        for (bool more = true; more;) {
            std::string text;
            std::vector<std::size_t> places;
            for (const Kind kind : kinds) {
                places.push_back(text.size());
                utf8::append(samples[static_cast<std::size_t>(kind)], text);
            }
            for (std::size_t at = 1; at < length; ++at) {
                const Fit expected = breaks(kinds, at) ? Fit::whole : Fit::broken;
                WorkBudget budget = plenty();
                ASSERT_EQ(labeling::fit(text, {0, places[at]}, budget), expected) << testing::PrintToString(text);
                ASSERT_EQ(labeling::fit(text, {places[at], text.size()}, budget), expected)
                    << testing::PrintToString(text);
            }
            more = false;
            for (Kind& kind : kinds) {
                if (kind != Kind::other) {
                    kind = static_cast<Kind>(static_cast<int>(kind) + 1);
                    more = true;
                    break;
                }
                kind = Kind{};
            }
        }
    }
}

// 64 code points are looked at, so the flags of a long row are still told apart where the row begins near enough.
TEST(Edges, TellsFlagsApartInARowThatItCanLookBackOver) {
    std::string text;
    for (std::size_t half = 0; half < 64; ++half) {
        if (half > 0) {
            WorkBudget budget = plenty();
            const std::string row = text + "🇫";
            ASSERT_EQ(labeling::fit(row, {text.size(), row.size()}, budget), half % 2 == 0 ? Fit::whole : Fit::broken)
                << half;
        }
        text += "🇫";
    }
}

TEST(Edges, LooksBackABoundedWayHoweverLongTheRow) {
    const auto steps_in_row = [](std::size_t halves) {
        std::string text;
        for (std::size_t i = 0; i < halves; ++i) text += "🇫";
        WorkBudget budget = plenty();
        static_cast<void>(labeling::fit(text, {text.size() - 4, text.size()}, budget));
        return budget.spent();
    };
    EXPECT_EQ(steps_in_row(100), steps_in_row(10'000));
    EXPECT_GT(steps_in_row(50), steps_in_row(5)) << "the way back is paid for";
}

TEST(Edges, FindsTheEndOfAnAsciiWord) {
    EXPECT_EQ(ascii_word_end("Ada9 left", 0), 4U);
    EXPECT_EQ(ascii_word_end("Ada9 left", 2), 4U);
    EXPECT_EQ(ascii_word_end("Ada9 left", 4), 4U) << "no word begins there";
    EXPECT_EQ(ascii_word_end("Ada9 left", 5), 9U) << "the text ends";
    EXPECT_EQ(ascii_word_end("Zoë", 0), 2U);
    EXPECT_EQ(ascii_word_end("a_b", 0), 1U);
    EXPECT_EQ(ascii_word_end("", 0), 0U);
}

TEST(Edges, NothingIsInsideAWordAtTheBeginningOrBesideOtherSigns) {
    EXPECT_FALSE(inside_ascii_word("Ada", 0));
    EXPECT_TRUE(inside_ascii_word("Ada", 1));
    EXPECT_FALSE(inside_ascii_word("a b", 1));
    EXPECT_FALSE(inside_ascii_word("a b", 2));
    EXPECT_FALSE(inside_ascii_word("éa", 2)) << "only a cheap first look";
}

}  // namespace
}  // namespace prelabel::labeling
