#include "llm_sim/mistakes.hpp"

#include <algorithm>

#include <gtest/gtest.h>

namespace prelabel::llm_sim {
namespace {

using labeling::Mention;

const std::string document = "Ada Lovelace met Babbage in London today";
const std::vector<Sighting> sightings{{.label = "PER", .start = 0, .end = 12},
                                      {.label = "PER", .start = 17, .end = 24},
                                      {.label = "LOC", .start = 28, .end = 34}};
const std::vector<std::string> labels{"PER", "ORG", "LOC"};

TEST(Mistakes, AreNotMadeAtRateZero) {
    EXPECT_EQ(with_mistakes(document, sightings, labels, 0, Dice(1, 1, 0)),
              (std::vector<Mention>{{"PER", "Ada Lovelace"}, {"PER", "Babbage"}, {"LOC", "London"}}));
}

TEST(Mistakes, AreTheSameForTheSameDice) {
    EXPECT_EQ(with_mistakes(document, sightings, labels, 0.5, Dice(3, 1, 0)),
              with_mistakes(document, sightings, labels, 0.5, Dice(3, 1, 0)));
}

TEST(Mistakes, ComeInFourKindsAtTheirRate) {
    int right = 0;
    int missing = 0;
    int wrong_label = 0;
    int wrong_boundary = 0;
    int invented = 0;
    constexpr int rounds = 4'000;
    const std::vector<Sighting> one{{.label = "PER", .start = 0, .end = 12}};
    for (int i = 0; i < rounds; ++i) {
        const auto said = with_mistakes(document, one, labels, 0.4, Dice(9, static_cast<std::uint64_t>(i), 0));
        if (said.empty()) {
            ++missing;
        } else if (said.size() == 2) {
            ++invented;
            EXPECT_EQ(said[0], (Mention{"PER", "Ada Lovelace"}));
            EXPECT_EQ(document.find(said[1].text), std::string::npos);
        } else if (said[0].label != "PER") {
            ++wrong_label;
            EXPECT_EQ(said[0], (Mention{"ORG", "Ada Lovelace"}));
        } else if (said[0].text != "Ada Lovelace") {
            ++wrong_boundary;
            EXPECT_EQ(said[0].text, "Ada");
        } else {
            ++right;
        }
    }
    EXPECT_NEAR(right, 0.6 * rounds, 150);
    for (const int kind : {missing, wrong_label, wrong_boundary, invented}) EXPECT_NEAR(kind, 0.1 * rounds, 100);
}

TEST(Mistakes, StayInsideTheTextAtItsEnd) {
    const std::string text = "Ada";
    for (std::uint64_t i = 0; i < 100; ++i) {
        for (const Mention& mention :
             with_mistakes(text, {{.label = "PER", .start = 0, .end = 3}}, {"PER"}, 1, Dice(1, i, 0)))
            EXPECT_TRUE(mention.text == "Ada" || text.find(mention.text) == std::string::npos);
    }
}

TEST(InventedMention, IsNotInTheDocumentWhateverThatIs) {
    std::string everything;
    for (std::uint64_t i = 0; i < 200; ++i) {
        const Mention mention = invented_mention(everything, {}, Dice(1, i, 0));
        EXPECT_EQ(everything.find(mention.text), std::string::npos);
        EXPECT_EQ(mention.label, "PER");
        everything += mention.text + ". ";
    }
}

}  // namespace
}  // namespace prelabel::llm_sim
