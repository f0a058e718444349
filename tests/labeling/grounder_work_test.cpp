// How much work a text and an answer may cause, counted in the grounder's own steps: what a clock would say depends on
// the machine. bench/labeling/hostile_documents_bench says what a step is worth.
#include <prelabel/base/rng.hpp>
#include <prelabel/labeling/grounder.hpp>

#include <algorithm>
#include <array>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace prelabel::labeling {
namespace {

const std::string acute = "\xCC\x81";
const std::string dot_below = "\xCC\xA3";  // comes before an acute in canonical order

using Mentions = std::vector<Mention>;

const Grounder& grounder() {
    static const Grounder one({{"A", ""}, {"B", ""}});
    return one;
}

struct Asked {
    std::string text;
    Mentions mentions;
};

/// `piece` until that makes `bytes`.
std::string repeated(const std::string& piece, std::size_t bytes) {
    std::string text;
    while (text.size() < bytes) text += piece;
    return text;
}

Mentions said(const std::string& text, std::size_t times = 1) { return Mentions(times, {"A", text}); }

/// Mentions of `piece` once, twice, and so on.
Mentions growing(const std::string& piece, std::size_t count) {
    Mentions mentions;
    std::string text;
    while (mentions.size() < count) mentions.push_back({"A", text += piece});
    return mentions;
}

Asked overlapping_letters(std::size_t bytes) {
    Mentions mentions;
    for (std::size_t i = 0; i < 200; ++i) mentions.push_back({"A", std::string(bytes / 2 - i, 'a')});
    return {std::string(bytes, 'a'), mentions};
}

Asked two_names_in_turn(std::size_t bytes) {
    Mentions mentions;
    for (std::size_t i = 0; i < bytes / 16; ++i) mentions.push_back({"A", i % 2 == 0 ? "Zoe" : "x"});
    return {repeated("x ", bytes) + "Zoe", mentions};
}

/// Pairs of neighbours inside one mention of the whole text.
Asked nested(std::size_t bytes) {
    std::string text;
    Mentions mentions;
    while (text.size() < bytes) {
        const std::string word = 'p' + std::to_string(mentions.size());
        mentions.push_back({"A", word});
        mentions.push_back({"B", word + " p" + std::to_string(mentions.size() + 1)});
        text += word + ' ';
    }
    mentions.push_back({"A", text + "end"});
    return {text + "end", mentions};
}

struct Family {
    const char* name;
    std::function<Asked(std::size_t)> of_bytes;
};

const std::array<Family, 12>& families() {
    static const std::array<Family, 12> all = {{
        {"marks", [](std::size_t n) { return Asked{"x" + repeated(acute + dot_below, n), said("Absent")}; }},
        {"marks as mentions", [](std::size_t n) { return Asked{repeated(acute, n), growing(acute, 200)}; }},
        {"a mention of marks", [](std::size_t n) { return Asked{"x", said("x" + repeated(acute + dot_below, n))}; }},
        {"Hangul letters", [](std::size_t n) { return Asked{repeated("\xE1\x84\x80", n), said("Absent")}; }},
        {"ligatures of eighteen", [](std::size_t n) { return Asked{repeated("\uFDFA", n), said("Absent")}; }},
        {"flags", [](std::size_t n) { return Asked{repeated("🇫🇷", n), said("🇫", 10)}; }},
        {"families", [](std::size_t n) { return Asked{repeated("👩\u200D", n), said("👩", 10)}; }},
        {"white space",
         [](std::size_t n) { return Asked{std::string(n, ' ') + '.', said("a" + std::string(n, ' '))}; }},
        {"overlapping letters", overlapping_letters},
        {"Han", [](std::size_t n) { return Asked{repeated("漢", n), growing("漢", 40)}; }},
        {"two names in turn", two_names_in_turn},
        {"nested", nested},
    }};
    return all;
}

struct Cost {
    std::uint64_t steps;
    bool given_up;
    Findings findings;
};

Cost cost_of(const Asked& asked, Grounder::Work work) {
    Findings findings = grounder().ground(asked.text, asked.mentions, work);
    return {work.searching.spent() + work.placing.spent(), work.searching.exhausted() || work.placing.exhausted(),
            std::move(findings)};
}

Grounder::Work boundless() { return {WorkBudget(std::uint64_t{1} << 60), WorkBudget(std::uint64_t{1} << 60)}; }

/// Every mention is accounted for once, every span is true, and nothing is said that was not found out.
void expect_honest(const Asked& asked, const Cost& cost) {
    ASSERT_EQ(cost.findings.entities.size() + cost.findings.discarded.size(), asked.mentions.size());
    for (const Entity& entity : cost.findings.entities)
        ASSERT_EQ(entity.text, asked.text.substr(entity.utf8.start, entity.utf8.end - entity.utf8.start));
    for (const Discarded& discarded : cost.findings.discarded) {
        if (discarded.reason == DiscardReason::schema) continue;
        ASSERT_EQ(discarded.reason == DiscardReason::not_searched, cost.given_up) << to_string(discarded.reason);
    }
}

// Sixteen times the bytes may cost a little more than sixteen times the steps, for logarithms; a square would be 256.
TEST(GrounderWork, GrowsWithTheTextAndTheAnswerAndNotWithTheirSquare) {
    for (const Family& family : families()) {
        const Cost small = cost_of(family.of_bytes(2'000), boundless());
        const Cost large = cost_of(family.of_bytes(32'000), boundless());
        EXPECT_LT(large.steps, 30 * small.steps) << family.name << ": " << small.steps << ", then " << large.steps;
    }
}

TEST(GrounderWork, NeverExceedsWhatADocumentIsAllowed) {
    for (const Family& family : families()) {
        for (const std::size_t bytes : {1'000U, 80'000U}) {
            const Asked asked = family.of_bytes(bytes);
            const Grounder::Work allowed = Grounder::allowance(asked.text, asked.mentions);
            const Cost cost = cost_of(asked, allowed);
            SCOPED_TRACE(family.name);
            expect_honest(asked, cost);
            EXPECT_LE(cost.steps, 48'000'000 + 72 * bytes + 24 * 200 * bytes);
        }
    }
}

TEST(GrounderWork, IsEnoughForTenThousandMentionsInTenMebibytes) {
    Rng rng(1);
    Asked asked;
    while (asked.text.size() < (10U << 20)) {
        const auto name = "Person " + std::to_string(rng.below(1'000'000));
        asked.text += name + " met an old friend; ";
        if (asked.text.size() > asked.mentions.size() * 2'000) asked.mentions.push_back({"A", name});
    }
    const std::size_t present = asked.mentions.size();
    for (int i = 0; i < 5'000; ++i) asked.mentions.push_back({"A", "Absent " + std::to_string(i)});
    const Cost cost = cost_of(asked, Grounder::allowance(asked.text, asked.mentions));
    EXPECT_FALSE(cost.given_up);
    EXPECT_EQ(cost.findings.entities.size(), present);
    EXPECT_EQ(cost.findings.discarded.front().reason, DiscardReason::not_in_text);
    EXPECT_LT(cost.steps, 20 * asked.text.size());
}

// Scripts without spaces may begin a word anywhere, and Hangul folds to three times its bytes.
TEST(GrounderWork, IsEnoughForAKoreanDocumentWithAThousandSpellingsThatDiffer) {
    Rng rng(7);
    const auto syllable = [&] {
        const auto c = static_cast<std::uint32_t>(0xAC00 + rng.below(11'172));
        return std::string{static_cast<char>(0xE0 | c >> 12), static_cast<char>(0x80 | (c >> 6 & 0x3F)),
                           static_cast<char>(0x80 | (c & 0x3F))};
    };
    Asked asked;
    while (asked.text.size() < (2U << 20)) {
        std::string word = syllable() + syllable() + syllable();
        if (asked.text.size() > asked.mentions.size() * 2'000) asked.mentions.push_back({"A", word + "x"});
        asked.text += word + "X ";
    }
    const Cost cost = cost_of(asked, Grounder::allowance(asked.text, asked.mentions));
    EXPECT_FALSE(cost.given_up);
    EXPECT_EQ(cost.findings.entities.size(), asked.mentions.size());
}

TEST(GrounderWork, SaysNotSearchedWhenTheBudgetEndsAndShipsWhatWasFound) {
    const Asked asked{"Ada met Bob and Zoe.", {{"A", "Ada"}, {"A", "Bob"}, {"A", "Mars"}, {"X", "Zoe"}, {"A", " "}}};
    const Cost nothing = cost_of(asked, {WorkBudget(0), WorkBudget(1'000)});
    EXPECT_TRUE(nothing.findings.entities.empty());
    std::vector<DiscardReason> reasons;
    for (const Discarded& discarded : nothing.findings.discarded) reasons.push_back(discarded.reason);
    using enum DiscardReason;
    EXPECT_THAT(reasons, testing::ElementsAre(not_searched, not_searched, not_searched, unknown_label, schema));

    const Cost first = cost_of(asked, {WorkBudget(70), WorkBudget(1'000)});
    ASSERT_EQ(first.findings.entities.size(), 1U);
    EXPECT_EQ(first.findings.entities.front().text, "Ada");
    const Cost all = cost_of(asked, boundless());
    EXPECT_EQ(all.findings.entities.size(), 2U);
    EXPECT_EQ(all.findings.discarded.front().reason, not_in_text);
}

TEST(GrounderWork, IsHonestWhereverTheBudgetEnds) {
    for (const Family& family : families()) {
        const Asked asked = family.of_bytes(600);
        const std::uint64_t whole = cost_of(asked, boundless()).steps;
        for (std::uint64_t part = 0; part <= 16; ++part) {
            SCOPED_TRACE(family.name);
            const WorkBudget budget(whole * part / 16);
            expect_honest(asked, cost_of(asked, {budget, budget}));
        }
    }
}

std::string hostile(Rng& rng, std::size_t bytes) {
    static const std::array<std::string, 16> pieces = {"a",      "aa", "a ",     "漢",    "字",      "\xE1\x84\x80",
                                                       "\uFDFA", "ﬁ",  "ß",      acute,   dot_below, "\u200D",
                                                       "🇫",      "👩", "\u00A0", "\uFE0F"};
    const std::size_t kinds = 1 + rng.below(4);
    std::array<std::size_t, 4> chosen{};
    for (std::size_t& one : chosen) one = rng.below(pieces.size());
    std::string text;
    while (text.size() < bytes) text += pieces[chosen[rng.below(kinds)]];
    return text;
}

TEST(GrounderWork, IsBoundedForRandomHostileInput) {
    for (std::uint64_t seed = 0; seed < 100; ++seed) {
        SCOPED_TRACE(seed);
        Rng rng(seed);
        Asked asked{hostile(rng, 1 + rng.below(8'000)), {}};
        asked.mentions.resize(1 + rng.below(300));
        for (Mention& mention : asked.mentions) mention = {rng.chance(0.5) ? "A" : "B", hostile(rng, rng.below(300))};
        const Cost cost = cost_of(asked, Grounder::allowance(asked.text, asked.mentions));
        expect_honest(asked, cost);
        EXPECT_LE(cost.steps, 60'000'000U);
    }
}

TEST(GrounderWork, FindsAnotherOrderOfAnyNumberOfMarks) {
    for (const std::size_t marks : {1U, 15U, 33U, 200U, 5'000U}) {
        std::string text = "a";
        for (std::size_t i = 0; i < marks; ++i) text += acute + dot_below;
        const std::string mention = "a" + repeated(dot_below, 2 * marks) + repeated(acute, 2 * marks);
        const Findings findings = grounder().ground("The " + text + " stands.", {{"A", mention}});
        ASSERT_EQ(findings.entities.size(), 1U) << marks;
        EXPECT_EQ(findings.entities.front().text, text);
        EXPECT_EQ(findings.entities.front().match, Match::normalized);
    }
}

}  // namespace
}  // namespace prelabel::labeling
