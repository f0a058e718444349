#include <prelabel/telemetry/rates.hpp>

#include <gtest/gtest.h>

namespace prelabel::telemetry {
namespace {

using namespace std::chrono_literals;

TimePoint at(Duration since_start) { return TimePoint(since_start); }

TEST(Rates, AreZeroBeforeAnythingCanBeCompared) {
    Rates rates;
    EXPECT_EQ(rates.per_minute().documents, 0);
    rates.sample(at(0s), {.documents = 100});
    EXPECT_EQ(rates.per_minute().documents, 0);
}

TEST(Rates, AreScaledUpWhileLittleWasSeen) {
    Rates rates;
    rates.sample(at(0s), {});
    rates.sample(at(2s), {.documents = 10, .calls = 20, .tokens = 300, .cost_usd = 0.5});
    EXPECT_DOUBLE_EQ(rates.per_minute().documents, 300);
    EXPECT_DOUBLE_EQ(rates.per_minute().calls, 600);
    EXPECT_DOUBLE_EQ(rates.per_minute().tokens, 9'000);
    EXPECT_DOUBLE_EQ(rates.per_minute().cost_usd, 15);
}

TEST(Rates, ForgetWhatIsOlderThanAMinute) {
    Rates rates;
    double documents = 0;
    for (int second = 0; second <= 300; ++second) {
        if (second <= 100) documents += 5;
        rates.sample(at(std::chrono::seconds(second)), {.documents = documents});
    }
    EXPECT_EQ(rates.per_minute().documents, 0);
    for (int second = 301; second <= 400; ++second)
        rates.sample(at(std::chrono::seconds(second)), {.documents = documents += 2});
    EXPECT_DOUBLE_EQ(rates.per_minute().documents, 120);
}

TEST(Rates, IgnoreSamplesThatComeTooOften) {
    Rates rates;
    for (int i = 0; i < 10'000; ++i) rates.sample(at(i * 1ms), {.documents = i * 1.0});
    EXPECT_NEAR(rates.per_minute().documents, 60'000, 1);
}

TEST(Rates, SurviveAGapLongerThanTheWindow) {
    Rates rates;
    rates.sample(at(0s), {});
    rates.sample(at(1h), {.documents = 100});
    EXPECT_EQ(rates.per_minute().documents, 0);
    rates.sample(at(1h + 1s), {.documents = 101});
    EXPECT_DOUBLE_EQ(rates.per_minute().documents, 60);
}

}  // namespace
}  // namespace prelabel::telemetry
