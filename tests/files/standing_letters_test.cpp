#include "files/standing_letters.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace prelabel::files {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

Origin origin(const std::string& topic, Offset offset) { return {{topic, 0}, offset, -1}; }

class StandingLettersTest : public ::testing::Test {
protected:
    StandingLettersTest() {
        letters.add("a", 1, "deadline", {0, 10});
        letters.add("a", 2, "refused", {10, 20});
        letters.add("b", 1, "deadline", {20, 30});
    }
    StandingLetters letters;
    FinishedRecords done;
};

TEST_F(StandingLettersTest, OfOtherClassesAreDone) {
    letters.divide({"deadline"}, done);
    EXPECT_EQ(done.size(), 1U);
    EXPECT_TRUE(done.contains("a", 2));
    EXPECT_THAT(letters.leaving(), IsEmpty());
}

TEST_F(StandingLettersTest, LeaveWhenTheirDocumentHasAnotherOutcomeAndInTheOrderOfTheFile) {
    letters.divide({"deadline"}, done);
    letters.replaced(origin("b", 1));
    letters.replaced(origin("a", 1));
    EXPECT_THAT(letters.leaving(), ElementsAre(LineRange{0, 10}, LineRange{20, 30}));
    EXPECT_EQ(letters.counts(), (DeadLetterCounts{{"deadline", 0}, {"refused", 1}}));
}

TEST_F(StandingLettersTest, StayWhereTheirDocumentIsDoneOrHasNoOtherOutcome) {
    letters.divide({"deadline"}, done);
    letters.replaced(origin("a", 2));
    letters.replaced(origin("a", 7));
    letters.replaced(origin("c", 1));
    EXPECT_THAT(letters.leaving(), IsEmpty());
    EXPECT_EQ(letters.counts(), (DeadLetterCounts{{"deadline", 2}, {"refused", 1}}));
}

TEST_F(StandingLettersTest, OfOneDocumentTheLaterCounts) {
    letters.add("a", 1, "refused", {30, 40});
    EXPECT_EQ(letters.counts(), (DeadLetterCounts{{"deadline", 1}, {"refused", 2}}));
    letters.divide({"deadline"}, done);
    EXPECT_TRUE(done.contains("a", 1)) << "it died of something else since";
    EXPECT_THAT(letters.leaving(), ElementsAre(LineRange{0, 10}));
}

TEST_F(StandingLettersTest, KnowWhichInputsTheyAreFrom) { EXPECT_THAT(letters.topics(), ElementsAre("a", "b")); }

}  // namespace
}  // namespace prelabel::files
