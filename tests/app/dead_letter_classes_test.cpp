#include "app/dead_letter_classes.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace prelabel::app {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::SizeIs;

TEST(DeadLetterClasses, ThatTimeMayHealAreAlwaysTriedAgain) {
    EXPECT_THAT(classes_to_retry(""), ElementsAre("deadline", "request_rejected"));
}

TEST(DeadLetterClasses, AreThoseThatAreNamedToo) {
    EXPECT_THAT(classes_to_retry("refused,invalid_answer"),
                ElementsAre("deadline", "invalid_answer", "refused", "request_rejected"));
}

TEST(DeadLetterClasses, AreAllWithoutAName) {
    EXPECT_THAT(classes_to_retry(without_value), SizeIs(8));
    EXPECT_THAT(classes_to_retry(without_value), Contains("malformed_input"));
}

TEST(DeadLetterClasses, SayWhichOneWasMeant) {
    EXPECT_EQ(wrong_classes("deadline,refused"), "");
    EXPECT_EQ(wrong_classes(without_value), "");
    EXPECT_EQ(wrong_classes("deadline,refusd"), "there is no class \"refusd\"; did you mean refused?");
    EXPECT_EQ(wrong_classes("x"),
              "there is no class \"x\"; there are malformed_input, too_large, invalid_answer, refused, content_filter, "
              "context_length, request_rejected, deadline");
}

}  // namespace
}  // namespace prelabel::app
