#include "llm_sim/lexicon.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace prelabel::llm_sim {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

std::vector<std::string> seen_in(std::string_view text, const std::vector<std::string>& labels = {}) {
    std::vector<std::string> seen;
    for (const Sighting& sighting : find_by_lexicon(text, labels))
        seen.push_back(sighting.label + " " + std::string(sighting.text_in(text)));
    return seen;
}

TEST(Lexicon, FindsPeopleWithWhatFollowsOfTheirName) {
    EXPECT_THAT(seen_in("Ada Lovelace met Charles Babbage."), ElementsAre("PER Ada Lovelace", "PER Charles Babbage"));
    EXPECT_THAT(seen_in("Maria's car, José and Zoë"), ElementsAre("PER Maria", "PER José", "PER Zoë"));
    EXPECT_THAT(seen_in("Ada Byron Smith-Jones King Noel"), ElementsAre("PER Ada Byron Smith-Jones King"))
        << "four words are a name";
    EXPECT_THAT(seen_in("Ada  Lovelace, Bob\nSmith, Anna smiled"), ElementsAre("PER Ada", "PER Bob", "PER Anna"))
        << "one space joins a name";
    EXPECT_THAT(seen_in("Ada in Paris"), ElementsAre("PER Ada", "LOC Paris"));
}

TEST(Lexicon, FindsPlacesAndOrganisations) {
    EXPECT_THAT(seen_in("From Oslo to Paris, Zürich by Siemens, not by IBMs."),
                ElementsAre("LOC Oslo", "LOC Paris", "LOC Zürich", "ORG Siemens"));
    EXPECT_THAT(seen_in("Google London"), ElementsAre("ORG Google", "LOC London")) << "only people have longer names";
}

TEST(Lexicon, KnowsWholeWordsInTheirOwnSpelling) {
    EXPECT_THAT(seen_in("paris PARIS Parisian Adamant Ada-Lou xAda Ada7 éAda Adaé"), IsEmpty());
}

TEST(Lexicon, KeepsItsOffsetsBehindAnyScript) {
    EXPECT_THAT(
        seen_in(
            "🎉👩‍👩‍👧 Émile—Ada e\u0301t “Paris” 東京Berlin，عمان Oslo\u00A0Ada\u2019s"),
        ElementsAre("PER Ada", "LOC Paris", "LOC Berlin", "LOC Oslo", "PER Ada"));
}

TEST(Lexicon, UsesTheNamesItWasAskedFor) {
    const std::string text = "Ada of IBM in Paris";
    EXPECT_THAT(seen_in(text, {"person", "corporation", "location"}),
                ElementsAre("person Ada", "corporation IBM", "location Paris"));
    EXPECT_THAT(seen_in(text, {"GPE", "Loc"}), ElementsAre("GPE Paris")) << "the first that fits";
    EXPECT_THAT(seen_in(text, {"LOC"}), ElementsAre("LOC Paris"));
    EXPECT_THAT(seen_in(text, {"DRUG", "DOSE"}), IsEmpty());
}

TEST(Lexicon, FindsNothingInNothing) {
    EXPECT_THAT(seen_in(""), IsEmpty());
    EXPECT_THAT(seen_in("nothing here, 12 of 34 - ' @ \u2019"), IsEmpty());
    EXPECT_THAT(seen_in("A"), IsEmpty());
}

TEST(Lexicon, NeverOverlapsAndNeverLeavesTheText) {
    // Every window of a text that holds all it knows: words and code points end everywhere.
    const std::string text = "Ada Lovelace, Ana Zoë Ärger of IBM—Google in 東京 Zürich 🎉 Carlos";
    for (std::size_t start = 0; start < text.size(); ++start) {
        if ((static_cast<unsigned char>(text[start]) & 0xC0) == 0x80) continue;
        for (std::size_t end = start; end <= text.size(); ++end) {
            if (end < text.size() && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) continue;
            const auto window = std::string_view(text).substr(start, end - start);
            std::size_t last = 0;
            for (const Sighting& sighting : find_by_lexicon(window, {})) {
                ASSERT_LE(last, sighting.start);
                ASSERT_LT(sighting.start, sighting.end);
                ASSERT_LE(sighting.end, window.size());
                last = sighting.end;
            }
        }
    }
}

}  // namespace
}  // namespace prelabel::llm_sim
