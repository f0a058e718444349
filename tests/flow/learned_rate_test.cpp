#include <prelabel/flow/learned_rate.hpp>

#include <gtest/gtest.h>

namespace prelabel::flow {
namespace {

using namespace std::chrono_literals;

class LearnedRateTest : public ::testing::Test {
protected:
    void answers(int how_many, Duration apart) {
        for (int i = 0; i < how_many; ++i) rate.answered(now += apart);
    }
    TimePoint now = TimePoint{} + 1h;
    LearnedRate rate{now};
};

TEST_F(LearnedRateTest, KnowsNothingBeforeTheFirstRefusal) {
    answers(1'000, 1ms);
    EXPECT_FALSE(rate.per_minute());
    LearnedRate nothing_answered(now);
    nothing_answered.refused(now + 1s, false, 1);
    EXPECT_FALSE(nothing_answered.per_minute()) << "a number of calls at once may be all that was too much";
}

TEST_F(LearnedRateTest, TakesALittleLessThanWhatWasAnsweredOverSomeTime) {
    answers(600, 100ms);  // ten a second
    rate.refused(now, true, 1);
    EXPECT_NEAR(static_cast<double>(rate.per_minute().value()), 588, 2);
}

TEST_F(LearnedRateTest, TakesLessByTheShareThatWasRefusedWhereThatIsSmall) {
    answers(600, 100ms);
    rate.refused(now, true, 0.1);
    EXPECT_NEAR(static_cast<double>(rate.per_minute().value()), 600 * 0.9 * 0.98, 2);
}

TEST_F(LearnedRateTest, HalvesWhenItIsRefusedAgainBeforeAnythingCouldBeMeasured) {
    answers(600, 100ms);
    rate.refused(now, true, 1);
    now += 1s;
    rate.refused(now, true, 1);
    EXPECT_NEAR(static_cast<double>(rate.per_minute().value()), 294, 2);
}

TEST_F(LearnedRateTest, GrowsQuicklyFarBelowWhatWasRefusedAndGentlyNearIt) {
    answers(600, 100ms);
    rate.refused(now, true, 1);
    now += 1s;
    rate.refused(now, true, 1);  // 4.9 a second, 9.8 were refused
    const TimePoint began = now;
    while (rate.per_minute().value() < 550) answers(1, 100ms);
    EXPECT_LT(now - began, 15s);
    const std::uint64_t before = rate.per_minute().value();
    const TimePoint near = now;
    while (now - near < 30s) answers(1, 100ms);
    EXPECT_GE(rate.per_minute().value(), before * 102 / 100);
    EXPECT_LT(rate.per_minute().value(), before * 108 / 100);
    while (now - near < 3min) answers(1, 10ms);
    EXPECT_GT(rate.per_minute().value(), before * 2) << "what was refused once may be taken later";
}

TEST_F(LearnedRateTest, DoesNotGrowByWhatWasNotTried) {
    answers(600, 100ms);
    rate.refused(now, true, 1);
    const std::uint64_t before = rate.per_minute().value();
    answers(100, 1s);
    EXPECT_EQ(rate.per_minute().value(), before);
}

TEST_F(LearnedRateTest, HalvesDownToSixAMinuteAndGetsUpAgain) {
    answers(20, 100ms);
    for (int i = 0; i < 100; ++i) rate.refused(now += 1s, true, 1);
    EXPECT_EQ(rate.per_minute().value(), 6U);
    const TimePoint began = now;
    while (now - began < 10min) answers(1, Duration(60s) / rate.per_minute().value());
    EXPECT_GT(rate.per_minute().value(), 20U);
}

TEST_F(LearnedRateTest, DoesNotMeasureAnOutage) {
    answers(600, 100ms);
    now += 1h;
    answers(300, 100ms);
    rate.refused(now, true, 1);
    EXPECT_GT(rate.per_minute().value(), 550U);
}

}  // namespace
}  // namespace prelabel::flow
