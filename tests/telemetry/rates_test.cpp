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

TEST(Rates, AddUpWaitsAndLatenciesToo) {
    Rates rates;
    Totals totals;
    rates.sample(at(0s), totals);
    totals.wait_seconds[pipeline::WaitReason::tokens] = 12;
    totals.call_seconds[3] = 40;
    totals.document_seconds[5] = 7;
    rates.sample(at(30s), totals);
    const auto minute = rates.last_minute();
    EXPECT_DOUBLE_EQ(minute.added.wait_seconds[pipeline::WaitReason::tokens], 12);
    EXPECT_DOUBLE_EQ(minute.added.wait_seconds[pipeline::WaitReason::requests], 0);
    EXPECT_DOUBLE_EQ(minute.added.call_seconds[3], 40);
    EXPECT_DOUBLE_EQ(minute.added.document_seconds[5], 7);
}

TEST(Rates, TellHowFastABacklogFalls) {
    Rates rates;
    for (int second = 0; second <= 100; ++second) {
        const double records = second < 40 ? 1'000 : 1'000 - 5.0 * (second - 40);
        rates.sample(at(std::chrono::seconds(second)), {}, Backlog{records, 1});
        if (second < 15) {
            EXPECT_FALSE(rates.last_minute().backlog_per_second) << "one commit more or less is no trend";
        }
    }
    EXPECT_DOUBLE_EQ(rates.last_minute().backlog_per_second.value(), -5);
}

TEST(Rates, KnowNoTrendAcrossAChangeOfTheAssignment) {
    Rates rates;
    for (int second = 0; second <= 60; ++second)
        rates.sample(at(std::chrono::seconds(second)), {}, Backlog{second < 50 ? 900.0 : 100.0, second < 50 ? 1U : 2U});
    EXPECT_FALSE(rates.last_minute().backlog_per_second) << "partitions that went away were not worked off";
    for (int second = 61; second <= 80; ++second)
        rates.sample(at(std::chrono::seconds(second)), {}, Backlog{100 - 2.0 * (second - 60), 2});
    EXPECT_NEAR(rates.last_minute().backlog_per_second.value(), -40.0 / 30, 1e-9) << "since the change";
    rates.sample(at(81s), {}, std::nullopt);
    EXPECT_FALSE(rates.last_minute().backlog_per_second);
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
