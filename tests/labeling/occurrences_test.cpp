#include "labeling/occurrences.hpp"

#include <prelabel/base/rng.hpp>

#include <algorithm>
#include <array>
#include <limits>
#include <set>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace prelabel::labeling {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

using Places = std::vector<std::size_t>;

WorkBudget plenty() { return WorkBudget(std::numeric_limits<std::uint64_t>::max()); }

std::optional<Occurrence> anywhere(std::size_t at, std::size_t length) {
    return Occurrence{{at, at + length}, Fit::whole};
}

std::vector<Needle> needles_of(const std::set<std::string>& texts, std::size_t hits_max) {
    std::vector<Needle> needles;
    for (const std::string& text : texts) needles.push_back({text, hits_max, {}});
    return needles;
}

Places places_of(const Needle& needle) {
    Places places;
    for (const Occurrence& hit : needle.hits) {
        EXPECT_EQ(hit.span.end - hit.span.start, needle.text.size());
        places.push_back(hit.span.start);
    }
    return places;
}

Places find_one(std::string_view text, std::string_view what, std::size_t hits_max = 1'000) {
    std::vector<Needle> needles{{what, hits_max, {}}};
    WorkBudget budget = plenty();
    find_all(text, needles, anywhere, budget);
    return places_of(needles[0]);
}

bool is_word(char c) { return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z'); }

/// Every place, one by one.
Places expected_places(std::string_view text, std::string_view what, std::size_t hits_max) {
    Places places;
    for (std::size_t at = 0; at < text.size() && places.size() < hits_max; ++at) {
        const bool inside = at > 0 && is_word(text[at - 1]) && is_word(text[at]);
        if (!inside && text.substr(at).starts_with(what)) places.push_back(at);
    }
    return places;
}

/// All words of up to `letters` signs, one of them two bytes long.
std::set<std::string> all_words(int letters) {
    std::set<std::string> all;
    std::set<std::string> last{""};
    for (int i = 0; i < letters; ++i) {
        std::set<std::string> longer;
        for (const std::string& word : last) {
            for (const std::string_view sign : {"a", "b", " ", "é"}) longer.insert(word + std::string(sign));
        }
        all.insert(longer.begin(), longer.end());
        last = std::move(longer);
    }
    return all;
}

std::string random_text(Rng& rng, int signs) {
    constexpr std::array<std::string_view, 4> alphabet = {"a", "b", " ", "é"};
    std::string text;
    for (int i = 0; i < signs; ++i) text += alphabet[rng.below(alphabet.size())];
    return text;
}

TEST(Occurrences, AreInOrderAndMayOverlap) {
    EXPECT_THAT(find_one("Ada met Ada.", "Ada"), ElementsAre(0, 8));
    EXPECT_THAT(find_one("- - - -", "- -"), ElementsAre(0, 2, 4));
    EXPECT_THAT(find_one("北京北京北京", "北京北京"), ElementsAre(0, 6));
    EXPECT_THAT(find_one("Ada", "Ada"), ElementsAre(0));
    EXPECT_THAT(find_one("Ad", "Ada"), IsEmpty());
    EXPECT_THAT(find_one("", "Ada"), IsEmpty());
}

TEST(Occurrences, NeverBeginInsideAnAsciiWord) {
    EXPECT_THAT(find_one("Canada Ada", "ada"), IsEmpty());
    EXPECT_THAT(find_one("Canada ada", "ada"), ElementsAre(7));
    EXPECT_THAT(find_one("2Ada,Ada", "Ada"), ElementsAre(5));
    EXPECT_THAT(find_one("aaaa a", "a"), ElementsAre(0, 5));
    EXPECT_THAT(find_one("Ada's's", "'s"), ElementsAre(3, 5)) << "what begins with no letter continues no word";
}

TEST(Occurrences, WhereAWordEndsIsForTheCallerToJudge) {
    EXPECT_THAT(find_one("Adaptive Ada", "Ada"), ElementsAre(0, 9));
    EXPECT_THAT(find_one("éAda", "Ada"), ElementsAre(2));
}

TEST(Occurrences, KeepsTheFirstOnesThatTheCallerAccepts) {
    std::vector<Needle> needles{{"x", 2, {}}};
    WorkBudget budget = plenty();
    std::vector<std::size_t> asked;
    const auto all_but_the_first_two = [&](std::size_t at, std::size_t length) -> std::optional<Occurrence> {
        asked.push_back(at);
        if (at < 4) return std::nullopt;
        return Occurrence{{at + 100, at + 100 + length}, Fit::attached};  // its place in another text
    };
    find_all("x x x x x x", needles, all_but_the_first_two, budget);
    ASSERT_EQ(places_of(needles[0]), (Places{104, 106}));
    EXPECT_EQ(needles[0].hits[0].fit, Fit::attached);
    EXPECT_THAT(asked, ElementsAre(0, 2, 4, 6)) << "no more is asked for once it has enough";
}

TEST(Occurrences, LongTextsAreComparedToTheirEnd) {
    const std::string name(200, 'n');
    const std::string other = name.substr(1) + "m";
    const std::string text = other + ' ' + name + ' ' + name + "! " + name.substr(1);
    EXPECT_EQ(find_one(text, name), (Places{201, 402}));
    EXPECT_EQ(find_one(text, other), (Places{0}));
}

// A few needles are looked for one by one; thousands go through the text together. Both must find what is there.
TEST(Occurrences, FewAndManyNeedlesFindEveryPlace) {
    Rng rng(21);
    const std::set<std::string> words = all_words(6);
    for (const int signs : {1, 2, 7, 1'500}) {
        const std::string text = random_text(rng, signs);
        for (const std::size_t hits_max : {1U, 3U, 10'000U}) {
            std::vector<Needle> all = needles_of(words, hits_max);
            WorkBudget budget = plenty();
            find_all(text, all, anywhere, budget);
            for (const Needle& needle : all) {
                const Places expected = expected_places(text, needle.text, hits_max);
                ASSERT_EQ(places_of(needle), expected) << needle.text << " in " << text;
                if (signs > 7 && rng.chance(0.9)) continue;
                ASSERT_EQ(find_one(text, needle.text, hits_max), expected) << needle.text << " in " << text;
            }
        }
    }
}

TEST(Occurrences, ManyNeedlesAskForNoPlaceInsideAWordEither) {
    const std::set<std::string> words = all_words(6);
    std::vector<Needle> needles = needles_of(words, 10);
    const std::string text = "abba aébb " + std::string(1'000, 'a');
    WorkBudget budget = plenty();
    const auto watched = [&](std::size_t at, std::size_t length) {
        EXPECT_FALSE(at > 0 && is_word(text[at - 1]) && is_word(text[at])) << at;
        return anywhere(at, length);
    };
    find_all(text, needles, watched, budget);
    EXPECT_EQ(places_of(*std::ranges::find(needles, "abba", &Needle::text)), (Places{0}));
    EXPECT_EQ(places_of(*std::ranges::find(needles, "bb", &Needle::text)), (Places{8}));
}

/// What is found with too few steps is the beginning of what is there.
void expect_beginnings(const std::set<std::string>& words, const std::string& text, std::uint64_t step) {
    std::vector<Needle> whole = needles_of(words, 10'000);
    WorkBudget counting = plenty();
    find_all(text, whole, anywhere, counting);
    std::size_t less = 0;
    for (std::uint64_t steps = 0; steps < counting.spent(); steps += step) {
        std::vector<Needle> part = needles_of(words, 10'000);
        WorkBudget budget(steps);
        find_all(text, part, anywhere, budget);
        ASSERT_TRUE(budget.exhausted());
        for (std::size_t i = 0; i < part.size(); ++i) {
            const Places all = places_of(whole[i]);
            const Places found = places_of(part[i]);
            ASSERT_LE(found.size(), all.size());
            ASSERT_TRUE(std::equal(found.begin(), found.end(), all.begin())) << whole[i].text << ' ' << steps;
            less += found.size() < all.size() ? 1 : 0;
        }
    }
    EXPECT_GT(less, 0U);
}

TEST(Occurrences, WithoutBudgetTheSearchEndsAndKeepsWhatItHas) {
    Rng rng(22);
    expect_beginnings({"a", "a b", "b", "é"}, random_text(rng, 40), 1);
    const std::set<std::string> words = all_words(6);
    expect_beginnings(words, random_text(rng, 1'200), 25'000);
}

}  // namespace
}  // namespace prelabel::labeling
