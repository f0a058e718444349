#include "labeling/placement.hpp"

#include <prelabel/base/rng.hpp>

#include <limits>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace prelabel::labeling {
namespace {

using ::testing::ElementsAre;

constexpr std::uint64_t plenty = std::numeric_limits<std::uint64_t>::max();

std::vector<Occurrence> occurrences_of(std::string_view what, std::string_view text) {
    std::vector<Occurrence> all;
    for (std::size_t at = text.find(what); at != std::string_view::npos; at = text.find(what, at + 1))
        all.push_back({{at, at + what.size()}, Fit::whole});
    return all;
}

/// A document, the mentions of its answer and where they may be.
class Scene {
public:
    Scene(std::string text, std::vector<Mention> mentions, std::uint64_t steps = plenty)
        : text_(std::move(text)), mentions_(std::move(mentions)), budget_(steps), placement_(mentions_, budget_) {}

    bool place(std::size_t mention) {
        const std::string& what = mentions_[mention].text;
        const auto [at, added] = candidates_.try_emplace(what, Candidates(occurrences_of(what, text_)));
        return placement_.place(mention, at->second);
    }
    /// Only at these places; one set for all mentions of this text.
    void may_be(const std::string& what, std::vector<Occurrence> places) {
        candidates_.insert_or_assign(what, Candidates(std::move(places)));
    }

    /// `start` of each mention in the order of the answer, or the reason.
    std::vector<std::string> all() {
        std::vector<std::string> out;
        for (std::size_t i = 0; i < mentions_.size(); ++i) place(i);
        for (std::size_t i = 0; i < mentions_.size(); ++i) out.push_back(told(i));
        return out;
    }
    [[nodiscard]] std::string told(std::size_t mention) const {
        return placement_.placed(mention) ? std::to_string(placement_.span(mention).start)
                                          : std::string(to_string(placement_.reason(mention)));
    }
    [[nodiscard]] const Placement& placement() const { return placement_; }

private:
    std::string text_;
    std::vector<Mention> mentions_;
    WorkBudget budget_;
    std::map<std::string, Candidates> candidates_;
    Placement placement_;
};

TEST(Placement, GivesEqualMentionsOneOccurrenceEachInOrder) {
    EXPECT_THAT(Scene("a b a b a", {{"PER", "a"}, {"PER", "a"}, {"PER", "a"}}).all(), ElementsAre("0", "4", "8"));
}

TEST(Placement, GoesOnFromWhereTheMentionsBeforeItHaveLed) {
    EXPECT_THAT(Scene("a b a b", {{"PER", "b"}, {"PER", "a"}}).all(), ElementsAre("2", "4"));
    EXPECT_THAT(Scene("a b a b", {{"PER", "a"}, {"PER", "b"}}).all(), ElementsAre("0", "2"));
}

// The longest texts are placed first, whatever their place in the answer.
TEST(Placement, OnlyMentionsBeforeItInTheAnswerLead) {
    Scene scene("b a b a", {{"PER", "b"}, {"PER", "a"}, {"PER", "b"}});
    EXPECT_TRUE(scene.place(1));
    EXPECT_EQ(scene.told(1), "2");
    EXPECT_TRUE(scene.place(2));
    EXPECT_EQ(scene.told(2), "4") << "behind the one before it";
    EXPECT_TRUE(scene.place(0));
    EXPECT_EQ(scene.told(0), "0") << "before the ones behind it";
    Scene other("b a b", {{"PER", "b"}, {"PER", "a"}});
    EXPECT_TRUE(other.place(1));
    EXPECT_TRUE(other.place(0));
    EXPECT_EQ(other.told(0), "0");
}

TEST(Placement, LooksBackWhenNothingLiesAhead) {
    EXPECT_THAT(Scene("a b", {{"PER", "b"}, {"PER", "a"}}).all(), ElementsAre("2", "0"));
}

TEST(Placement, PrefersAPlaceOfItsOwnToOneInsideAnother) {
    EXPECT_THAT(Scene("New York Times, York", {{"ORG", "New York Times"}, {"LOC", "York"}}).all(),
                ElementsAre("0", "16"));
    EXPECT_THAT(Scene("York, New York Times", {{"ORG", "New York Times"}, {"LOC", "York"}}).all(),
                ElementsAre("6", "0"))
        << "behind it, although one inside lies ahead";
    EXPECT_THAT(Scene("New York Times", {{"ORG", "New York Times"}, {"LOC", "York"}}).all(), ElementsAre("0", "4"))
        << "rather inside than nowhere";
}

TEST(Placement, OfTwoPlacesThatAreAsGoodItTakesTheOneAhead) {
    EXPECT_THAT(Scene("York Inn, York Times", {{"ORG", "York Inn"}, {"ORG", "York Times"}, {"LOC", "York"}}).all(),
                ElementsAre("0", "10", "10"))
        << "inside the name before it in the answer";
    Scene scene("xa b xa", {{"PER", "b"}, {"PER", "a"}});
    scene.may_be("a", {{{1, 2}, Fit::attached}, {{6, 7}, Fit::attached}});
    EXPECT_THAT(scene.all(), ElementsAre("3", "6"));
}

TEST(Placement, PrefersAWholeWordToOneBehindAProclitic) {
    Scene scene("xa a", {{"PER", "a"}, {"PER", "a"}});
    scene.may_be("a", {{{1, 2}, Fit::attached}, {{3, 4}, Fit::whole}});
    EXPECT_THAT(scene.all(), ElementsAre("3", "1"));
}

TEST(Placement, RatherBehindAProcliticThanInsideAnotherName) {
    Scene scene("ab xb", {{"ORG", "ab"}, {"PER", "b"}});
    scene.may_be("b", {{{1, 2}, Fit::whole}, {{4, 5}, Fit::attached}});
    EXPECT_THAT(scene.all(), ElementsAre("0", "4"));
}

TEST(Placement, SaysWhyNothingWasFound) {
    EXPECT_THAT(Scene("a", {{"PER", "b"}}).all(), ElementsAre("not_in_text"));
    EXPECT_THAT(Scene("a", {{"PER", "a"}, {"PER", "a"}}).all(), ElementsAre("0", "duplicate"));
    EXPECT_THAT(Scene("a", {{"PER", "a"}, {"ORG", "a"}}).all(), ElementsAre("0", "overlap"));
    EXPECT_THAT(Scene("a b c", {{"PER", "a b"}, {"PER", "b c"}}).all(), ElementsAre("0", "overlap"));
    EXPECT_THAT(Scene("a b c b", {{"PER", "b"}, {"ORG", "b"}, {"PER", "b"}, {"ORG", "b"}}).all(),
                ElementsAre("2", "6", "duplicate", "duplicate"));
}

TEST(Placement, BeingSaidTooOftenExplainsMoreThanAPlaceThatIsCrossed) {
    EXPECT_THAT(Scene("b, a b c", {{"PER", "a b"}, {"PER", "b c"}, {"PER", "b"}, {"PER", "b c"}}).all(),
                ElementsAre("3", "overlap", "0", "overlap"));
    EXPECT_THAT(Scene("b c, a b c", {{"PER", "a b"}, {"PER", "b c"}, {"PER", "b c"}}).all(),
                ElementsAre("5", "0", "duplicate"));
}

// The grounder tries a mention exactly first and folded then.
TEST(Placement, ASecondTryKeepsTheBetterExplanation) {
    Scene scene("a", {{"PER", "a"}, {"PER", "a"}});
    EXPECT_TRUE(scene.place(0));
    EXPECT_FALSE(scene.place(1));
    EXPECT_EQ(scene.told(1), "duplicate");
    scene.may_be("a", {});
    EXPECT_FALSE(scene.place(1));
    EXPECT_EQ(scene.told(1), "duplicate");
}

TEST(Placement, WithoutBudgetNothingIsPlaced) {
    Scene scene("a", {{"PER", "a"}}, 0);
    EXPECT_FALSE(scene.place(0));
    EXPECT_FALSE(scene.placement().placed(0));
}

TEST(Placement, ADocumentOfOneNameCostsEachMentionALittle) {
    constexpr std::size_t count = 4'000;
    std::string text;
    std::vector<Mention> mentions;
    for (std::size_t i = 0; i < count; ++i) {
        text += "a ";
        mentions.push_back({"PER", "a"});
    }
    Scene scene(text, mentions, count * 2'000);
    for (std::size_t i = 0; i < count; ++i) ASSERT_TRUE(scene.place(i));
    for (std::size_t i = 0; i < count; ++i) ASSERT_EQ(scene.placement().span(i).start, 2 * i);
    EXPECT_FALSE(Scene(text, {{"PER", "b"}}, plenty).place(0));
}

bool is_room(const std::vector<Span>& taken, Span span) {
    for (const Span other : taken) {
        const bool apart = other.end <= span.start || span.end <= other.start;
        const bool inside = other.start <= span.start && span.end <= other.end;
        const bool around = span.start <= other.start && other.end <= span.end;
        if (other == span || (!apart && !inside && !around)) return false;
    }
    return true;
}

TEST(Placement, PlacesWhereverThereIsRoomAndNeverAcross) {
    for (std::uint64_t seed = 1; seed <= 3'000; ++seed) {
        Rng rng(seed);
        std::string text;
        for (int i = 0; i < 14; ++i) text += static_cast<char>('a' + rng.below(3));
        std::vector<Mention> mentions;
        for (int i = 0; i < 10; ++i) {
            const std::size_t at = rng.below(text.size() - 3);
            mentions.push_back({rng.chance(0.5) ? "PER" : "ORG", text.substr(at, 1 + rng.below(4))});
        }
        Scene scene(text, mentions);
        std::vector<Span> taken;
        for (std::size_t i = 0; i < mentions.size(); ++i) {
            const auto places = occurrences_of(mentions[i].text, text);
            const bool room =
                std::ranges::any_of(places, [&](const Occurrence& place) { return is_room(taken, place.span); });
            ASSERT_EQ(scene.place(i), room) << seed << ' ' << text << ' ' << mentions[i].text;
            ASSERT_EQ(scene.placement().placed(i), room);
            if (!room) continue;
            const Span span = scene.placement().span(i);
            ASSERT_EQ(text.substr(span.start, span.end - span.start), mentions[i].text) << seed;
            ASSERT_TRUE(is_room(taken, span)) << seed << ' ' << text << ' ' << mentions[i].text;
            taken.push_back(span);
        }
    }
}

}  // namespace
}  // namespace prelabel::labeling
