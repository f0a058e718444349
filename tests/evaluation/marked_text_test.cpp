#include <prelabel/evaluation/marked_text.hpp>

#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace prelabel::evaluation {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

std::string plain(std::string_view text, const std::vector<LabeledSpan>& spans) {
    return Marker(false).mark(text, spans);
}

TEST(MarkedText, BracketsEachEntityAndNamesItsLabel) {
    EXPECT_EQ(plain("Ada met Babbage.", {{"PER", 0, 3}, {"PER", 8, 15}}), "[Ada PER] met [Babbage PER].");
    EXPECT_EQ(plain("Ada", {{"PER", 0, 3}}), "[Ada PER]");
    EXPECT_EQ(plain("nobody", {}), "nobody");
    EXPECT_EQ(plain("", {}), "");
}

TEST(MarkedText, CountsCodePoints) {
    EXPECT_EQ(plain("🎉 東京タワー で", {{"LOC", 2, 7}}), "🎉 [東京タワー LOC] で");
    EXPECT_EQ(plain("e\u0301 Rene\u0301 !", {{"PER", 3, 8}}), "e\u0301 [Rene\u0301 PER] !") << "combining marks stay";
    EXPECT_EQ(plain("👩‍👩‍👧 Ada", {{"PER", 6, 9}}), "👩‍👩‍👧 [Ada PER]");
}

TEST(MarkedText, EntitiesMayBeNestedAdjoinAndCross) {
    EXPECT_EQ(plain("University of Leeds", {{"ORG", 0, 19}, {"LOC", 14, 19}}), "[University of [Leeds LOC] ORG]");
    EXPECT_EQ(plain("University of Leeds", {{"LOC", 14, 19}, {"ORG", 0, 19}}), "[University of [Leeds LOC] ORG]")
        << "in whatever order they come";
    EXPECT_EQ(plain("abcdef", {{"A", 0, 3}, {"B", 3, 6}}), "[abc A][def B]");
    EXPECT_EQ(plain("abcdef", {{"A", 0, 4}, {"B", 2, 6}}), "[ab[cd A]ef B]");
    EXPECT_EQ(plain("ab", {{"A", 0, 2}, {"B", 0, 2}}), "[[ab B] A]");
}

TEST(MarkedText, ADocumentCannotDrawOnTheTerminal) {
    EXPECT_EQ(plain("a \x1b[2J b", {{"X", 2, 6}}), "a [␛[2J X] b");
    EXPECT_EQ(plain("ab", {{"\x1b[2J", 0, 2}}), "[ab ␛[2J]") << "nor can a label";
    EXPECT_THAT(Marker(true).mark("a\x1b[2Jb", {}), Not(HasSubstr("\x1b")));
}

TEST(MarkedText, WithColoursALabelKeepsItsOwn) {
    Marker marker(true);
    const auto first = marker.mark("Ada", std::vector<LabeledSpan>{{"PER", 0, 3}});
    EXPECT_EQ(first, "\033[30;46mAda\033[30;46m\033[1m PER\033[0m");
    const auto other = marker.mark("IBM", std::vector<LabeledSpan>{{"ORG", 0, 3}});
    EXPECT_THAT(other, HasSubstr("\033[30;43mIBM"));
    EXPECT_EQ(marker.mark("Ada", std::vector<LabeledSpan>{{"PER", 0, 3}}), first);
    EXPECT_THAT(marker.label("ORG"), HasSubstr("\033[30;43m"));
}

TEST(MarkedText, TheBackgroundEndsWithItsLineAndComesBackAfterAnInnerEntity) {
    EXPECT_EQ(Marker(true).mark("a\nb", std::vector<LabeledSpan>{{"X", 0, 3}}),
              "\033[30;46ma\033[0m\n\033[30;46mb\033[30;46m\033[1m X\033[0m");
    EXPECT_EQ(Marker(true).mark("abc", std::vector<LabeledSpan>{{"X", 0, 3}, {"Y", 1, 2}}),
              "\033[30;46ma\033[30;43mb\033[30;43m\033[1m Y\033[0m\033[30;46mc\033[30;46m\033[1m X\033[0m");
}

TEST(MarkedText, MoreLabelsThanColoursBeginAgain) {
    Marker marker(true);
    for (int i = 0; i < 20; ++i) EXPECT_THAT(marker.label("L" + std::to_string(i)), HasSubstr("L" + std::to_string(i)));
}

}  // namespace
}  // namespace prelabel::evaluation
