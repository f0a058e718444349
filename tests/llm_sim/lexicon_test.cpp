#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <llm_sim/lexicon.hpp>

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

TEST(Lexicon, FindsPeopleByFirstNameOrTitle) {
    EXPECT_THAT(seen_in("Ada Lovelace met Charles Babbage."), ElementsAre("PER Ada Lovelace", "PER Charles Babbage"));
    EXPECT_THAT(seen_in("We asked Dr. Okonkwo and President Halonen."), ElementsAre("PER Okonkwo", "PER Halonen"));
    EXPECT_THAT(seen_in("Maria's car"), ElementsAre("PER Maria"));
    EXPECT_THAT(seen_in("Ludwig said José van der Berg came"), ElementsAre("PER José van der Berg"));
}

TEST(Lexicon, FindsPlacesAndOrganisations) {
    EXPECT_THAT(seen_in("From New York City to Paris, Zürich and 東京."),
                ElementsAre("LOC New York City", "LOC Paris", "LOC Zürich", "LOC 東京"));
    EXPECT_THAT(seen_in("IBM, Acme Widgets GmbH and the University of Leeds"),
                ElementsAre("ORG IBM", "ORG Acme Widgets GmbH", "ORG University of Leeds"));
    EXPECT_THAT(seen_in("Yesterday Google bought Initech Inc."), ElementsAre("ORG Google", "ORG Initech Inc"));
}

TEST(Lexicon, FindsDatesAndAddresses) {
    EXPECT_THAT(seen_in("On 12 March 2024, by March 5, 2025 or 2026-01-31; in May 2020 maybe. May I?"),
                ElementsAre("DATE 12 March 2024", "DATE March 5, 2025", "DATE 2026-01-31", "DATE May 2020"));
    EXPECT_THAT(seen_in("Write to first.last@example.org. Not to @nobody or x@."),
                ElementsAre("EMAIL first.last@example.org"));
}

TEST(Lexicon, KeepsItsOffsetsBehindAnyScript) {
    EXPECT_THAT(seen_in("🎉👩‍👩‍👧 Émile—Ada e\u0301t Paris، عمان Berlin"),
                ElementsAre("PER Ada", "LOC Paris", "LOC Berlin"));
    EXPECT_THAT(seen_in("田中さんは東京にいる"), ElementsAre("PER 田中", "LOC 東京"));
}

TEST(Lexicon, UsesTheNamesItWasAskedFor) {
    const std::string text = "Ada of IBM in Paris, 2024-05-06";
    EXPECT_THAT(seen_in(text, {"person", "corporation", "location"}),
                ElementsAre("person Ada", "corporation IBM", "location Paris"));
    EXPECT_THAT(seen_in(text, {"LOC"}), ElementsAre("LOC Paris"));
    EXPECT_THAT(seen_in(text, {"DRUG", "DOSE"}), IsEmpty());
}

TEST(Lexicon, FindsNothingInNothing) {
    EXPECT_THAT(seen_in(""), IsEmpty());
    EXPECT_THAT(seen_in("nothing here, 12 of 34 - ' @ \u2019"), IsEmpty());
    EXPECT_THAT(seen_in("Dr."), IsEmpty());
    EXPECT_THAT(seen_in("12 "), IsEmpty());
}

TEST(Lexicon, NeverOverlapsAndNeverLeavesTheText) {
    // Every window of a text that holds all it knows: words and code points end everywhere.
    const std::string text = "Dr. Ada Lovelace of the Bank of England GmbH, ada@x.org, 1 May 2024 東京 Zürich";
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
