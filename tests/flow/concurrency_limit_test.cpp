#include <prelabel/flow/concurrency_limit.hpp>

#include <gtest/gtest.h>

namespace prelabel::flow {
namespace {

using namespace std::chrono_literals;

class ConcurrencyLimitTest : public ::testing::Test {
protected:
    void answer_a_round() {
        const std::size_t calls = limit.limit();
        now += 1s;
        for (std::size_t i = 0; i < calls; ++i) limit.answered(calls, now);
    }
    ConcurrencyLimit limit{512};
    TimePoint now = TimePoint{} + 1h;
};

TEST_F(ConcurrencyLimitTest, IsWhatWasConfiguredUntilSomethingIsRefused) {
    EXPECT_EQ(limit.limit(), 512U);
    EXPECT_FALSE(limit.learned());
    for (int i = 0; i < 10; ++i) answer_a_round();
    EXPECT_EQ(limit.limit(), 512U);
}

TEST_F(ConcurrencyLimitTest, GoesOnWithLessThanWhatWasRefused) {
    limit.refused(64, 0.15);
    EXPECT_TRUE(limit.learned());
    EXPECT_EQ(limit.limit(), 54U);
    limit.refused(54, 1);
    EXPECT_EQ(limit.limit(), 36U) << "a third less at most: refusals come in waves, and this is one of them";
}

TEST_F(ConcurrencyLimitTest, DoublesNearlyUpToWhatWasRefusedAndThenGrowsGently) {
    limit.refused(64, 0.15);
    limit.restart(now);
    for (const std::size_t expected : {1U, 2U, 4U, 8U, 16U, 32U}) {
        EXPECT_EQ(limit.limit(), expected);
        answer_a_round();
    }
    const std::size_t before = limit.limit();
    EXPECT_GE(before, 54U);
    EXPECT_LE(before, 56U);
    for (int i = 0; i < 10; ++i) answer_a_round();
    EXPECT_LE(limit.limit(), 64U);
    for (int i = 0; i < 60; ++i) answer_a_round();
    EXPECT_EQ(limit.limit(), 512U) << "what was refused once may be taken later";
}

TEST_F(ConcurrencyLimitTest, DoesNotGrowByWhatWasNotTried) {
    limit.refused(64, 0.15);
    limit.restart(now);
    for (int i = 0; i < 4; ++i) answer_a_round();
    EXPECT_EQ(limit.limit(), 16U);
    for (int i = 0; i < 1000; ++i) limit.answered(3, now += 1s);
    EXPECT_EQ(limit.limit(), 16U);
}

TEST_F(ConcurrencyLimitTest, AfterAPauseItReturnsQuicklyToWhatWentBefore) {
    limit.restart(now);
    EXPECT_EQ(limit.limit(), 1U);
    for (int i = 0; i < 9; ++i) answer_a_round();
    EXPECT_EQ(limit.limit(), 512U);
}

TEST_F(ConcurrencyLimitTest, LeavesAtLeastOne) {
    for (int i = 0; i < 5; ++i) limit.refused(1, 1);
    EXPECT_EQ(limit.limit(), 1U);
}

}  // namespace
}  // namespace prelabel::flow
