#include <prelabel/telemetry/rates.hpp>

#include <gtest/gtest.h>

namespace prelabel::telemetry {
namespace {

using namespace std::chrono_literals;

TimePoint at(Duration since_start) { return TimePoint(since_start); }

TEST(Rates, AreZeroBeforeAnythingCanBeCompared) {
    Rates rates;
    EXPECT_EQ(rates.last_minute().added.documents, 0);
    rates.sample(at(0s), {.documents = 100});
    EXPECT_EQ(rates.last_minute().added.documents, 0);
    EXPECT_EQ(rates.last_minute().seen, 0s);
}

TEST(Rates, AreSumsAndNoForecastInTheFirstMinute) {
    Rates rates;
    rates.sample(at(0s), {});
    rates.sample(at(2s), {.documents = 10, .calls = 20, .tokens = 300, .cost_usd = 0.5});
    const auto minute = rates.last_minute();
    EXPECT_DOUBLE_EQ(minute.added.documents, 10);
    EXPECT_DOUBLE_EQ(minute.added.calls, 20) << "a provider that counts would have counted twenty";
    EXPECT_DOUBLE_EQ(minute.added.tokens, 300);
    EXPECT_DOUBLE_EQ(minute.added.cost_usd, 0.5);
    EXPECT_EQ(minute.seen, 2s);
}

TEST(Rates, ForgetWhatIsOlderThanAMinute) {
    Rates rates;
    double documents = 0;
    for (int second = 0; second <= 300; ++second) {
        if (second <= 100) documents += 5;
        rates.sample(at(std::chrono::seconds(second)), {.documents = documents});
    }
    EXPECT_EQ(rates.last_minute().added.documents, 0);
    for (int second = 301; second <= 400; ++second)
        rates.sample(at(std::chrono::seconds(second)), {.documents = documents += 2});
    EXPECT_DOUBLE_EQ(rates.last_minute().added.documents, 120);
    EXPECT_EQ(rates.last_minute().seen, 60s);
}

TEST(Rates, CoverExactlyAMinuteWhateverTheSamplesPace) {
    for (const Duration pace : {Duration(900ms), Duration(1s), Duration(1'700ms), Duration(13s), Duration(59s)}) {
        Rates rates;
        for (Duration now = 0s; now <= 10min; now += pace)
            rates.sample(at(now), {.calls = std::chrono::duration<double>(now).count() * 10});
        EXPECT_NEAR(rates.last_minute().added.calls, 600, 1e-6) << pace.count();
        EXPECT_EQ(rates.last_minute().seen, 60s) << pace.count();
    }
}

TEST(Rates, IgnoreSamplesThatComeTooOften) {
    Rates rates;
    for (int i = 0; i < 10'000; ++i) rates.sample(at(i * 1ms), {.documents = i * 1.0});
    EXPECT_DOUBLE_EQ(rates.last_minute().added.documents, 9'900);
    EXPECT_EQ(rates.last_minute().seen, 9'900ms);
}

TEST(Rates, SpreadAGapLongerThanTheWindowEvenly) {
    Rates rates;
    rates.sample(at(0s), {});
    rates.sample(at(1h), {.documents = 120});
    EXPECT_DOUBLE_EQ(rates.last_minute().added.documents, 2);
    rates.sample(at(1h + 60s), {.documents = 121});
    EXPECT_DOUBLE_EQ(rates.last_minute().added.documents, 1);
}

}  // namespace
}  // namespace prelabel::telemetry
