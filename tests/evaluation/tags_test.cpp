#include "expected.hpp"

#include <prelabel/evaluation/tags.hpp>

#include <gmock/gmock.h>

namespace prelabel::evaluation {
namespace {

using Tags = std::vector<std::string>;
using Spans = std::vector<LabeledSpan>;

Spans decode(const Tags& tags, TagScheme scheme) { return decode_tags(tags, scheme); }

TEST(Tags, LenientStartsAnEntityAtAnOrphanedInside) {
    EXPECT_EQ(decode({"I-PER", "I-PER", "O", "I-LOC"}, TagScheme::lenient), (Spans{{"PER", 0, 2}, {"LOC", 3, 4}}));
}

TEST(Tags, LenientSplitsWhereTheLabelChangesOrABeginsComes) {
    EXPECT_EQ(decode({"B-A", "I-B", "B-B", "I-B"}, TagScheme::lenient), (Spans{{"A", 0, 1}, {"B", 1, 2}, {"B", 2, 4}}));
}

TEST(Tags, TheLabelIsAllAfterTheFirstHyphen) {
    for (const auto scheme : {TagScheme::lenient, TagScheme::iob2, TagScheme::iobes, TagScheme::bilou}) {
        const Tags closed = scheme == TagScheme::iobes   ? Tags{"B-creative-work", "E-creative-work"}
                            : scheme == TagScheme::bilou ? Tags{"B-creative-work", "L-creative-work"}
                                                         : Tags{"B-creative-work", "I-creative-work"};
        EXPECT_EQ(decode(closed, scheme), (Spans{{"creative-work", 0, 2}})) << to_string(scheme);
    }
}

TEST(Tags, APrefixWithoutALabelIsTheClassUnderscore) {
    EXPECT_EQ(decode({"B", "I", "O", "B-"}, TagScheme::lenient), (Spans{{"_", 0, 2}, {"_", 3, 4}}));
}

TEST(Tags, StrictIob2DropsWhatDoesNotBeginWithB) {
    EXPECT_EQ(decode({"I-A", "B-A", "I-A", "O", "I-A"}, TagScheme::iob2), (Spans{{"A", 1, 3}}));
    EXPECT_EQ(decode({"B-A", "I-B"}, TagScheme::iob2), (Spans{{"A", 0, 1}}));
}

TEST(Tags, StrictIob1UsesBOnlyBetweenNeighboursOfOneLabel) {
    EXPECT_EQ(decode({"I-A", "B-A", "O", "B-A"}, TagScheme::iob1), (Spans{{"A", 0, 1}, {"A", 1, 2}}));
}

TEST(Tags, StrictIobesWantsAnEnd) {
    EXPECT_EQ(decode({"B-A", "I-A", "E-A", "S-B"}, TagScheme::iobes), (Spans{{"A", 0, 3}, {"B", 3, 4}}));
    EXPECT_EQ(decode({"B-A", "I-A", "I-A"}, TagScheme::iobes), Spans{});
    EXPECT_EQ(decode({"B-A", "E-B"}, TagScheme::iobes), Spans{});
}

TEST(Tags, StrictBilouWantsALast) {
    EXPECT_EQ(decode({"B-A", "L-A", "U-B", "U-B"}, TagScheme::bilou), (Spans{{"A", 0, 2}, {"B", 2, 3}, {"B", 3, 4}}));
    EXPECT_EQ(decode({"B-A", "I-A", "O"}, TagScheme::bilou), Spans{});
}

TEST(Tags, TokenLabelsIgnorePrefixes) {
    const Tags tags{"I-A", "O", "E-B-c", "L"};
    EXPECT_EQ(token_labels(tags), (Spans{{"A", 0, 1}, {"B-c", 2, 3}, {"_", 3, 4}}));
}

TEST(Tags, NothingIsDecodedFromNothing) { EXPECT_EQ(decode({}, TagScheme::lenient), Spans{}); }

TEST(Tags, OnlyTheSchemesOwnPrefixesAreAllowed) {
    EXPECT_TRUE(allowed("O", TagScheme::iob2));
    EXPECT_TRUE(allowed("I-x-y", TagScheme::iob2));
    EXPECT_FALSE(allowed("E-x", TagScheme::iob2));
    EXPECT_TRUE(allowed("E-x", TagScheme::iobes));
    EXPECT_FALSE(allowed("E-x", TagScheme::bilou));
    EXPECT_TRUE(allowed("U-x", TagScheme::lenient));
    for (const auto* wrong : {"", "PER", "O-x", "o", "Bx", "-x", "b-x"})
        EXPECT_FALSE(allowed(wrong, TagScheme::lenient)) << wrong;
}

TEST(Tags, EachSchemeSaysWhatItsTagsAre) {
    for (const auto scheme : enum_values<TagScheme>) EXPECT_TRUE(spelling(scheme).starts_with("O, or B-"));
}

// Every sentence of up to five tags over two labels: no entity is empty, none overlaps, none holds an O.
TEST(Tags, EveryShortSentenceDecodesToEntitiesInOrder) {
    const Tags alphabet{"O", "B-A", "I-A", "E-A", "S-A", "I-B"};
    std::size_t sentences = 0;
    for (std::size_t length = 1; length <= 5; ++length) {
        std::vector<std::size_t> digits(length, 0);
        for (bool more = true; more; ++sentences) {
            Tags tags;
            for (const auto digit : digits) tags.push_back(alphabet[digit]);
            for (const auto scheme : {TagScheme::lenient, TagScheme::iobes}) {
                std::size_t last = 0;
                for (const auto& span : decode(tags, scheme)) {
                    ASSERT_LE(last, span.start);
                    ASSERT_LT(span.start, span.end);
                    ASSERT_LE(span.end, length);
                    for (auto i = span.start; i < span.end; ++i) ASSERT_EQ(tags[i].substr(2), span.label);
                    last = span.end;
                }
            }
            more = false;
            for (auto& digit : digits) {
                digit = (digit + 1) % alphabet.size();
                if (digit != 0) {
                    more = true;
                    break;
                }
            }
        }
    }
    EXPECT_EQ(sentences, 6U + 36 + 216 + 1296 + 7776);
}

}  // namespace
}  // namespace prelabel::evaluation
