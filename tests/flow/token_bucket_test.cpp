#include <prelabel/base/rng.hpp>
#include <prelabel/flow/token_bucket.hpp>

#include <algorithm>
#include <deque>

#include <gtest/gtest.h>

namespace prelabel::flow {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;

struct Drained {
    double total = 0;
    double worst_minute = 0;  // the most taken in any 60 s
};

/// Takes as fast as the bucket allows.
template <class Amount>
Drained drain(std::uint64_t per_minute, Duration how_long, Amount amount) {
    TimePoint now{};
    TokenBucket bucket(per_minute, now);
    std::deque<std::pair<TimePoint, double>> window;
    Drained drained;
    double in_window = 0;
    while (now < TimePoint{} + how_long) {
        const std::uint64_t n = amount();
        const TimePoint ready = bucket.ready_at(now, n);
        now = std::max(now, ready);
        bucket.take(now, n);
        drained.total += static_cast<double>(n);
        window.emplace_back(now, n);
        in_window += static_cast<double>(n);
        while (window.front().first <= now - minutes(1)) {
            in_window -= window.front().second;
            window.pop_front();
        }
        drained.worst_minute = std::max(drained.worst_minute, in_window);
    }
    return drained;
}

TEST(TokenBucket, FillsTheQuotaAndNeverHitsIt) {
    for (const std::uint64_t limit : {3U, 60U, 500U, 5'000U, 30'000U, 1'000'000U}) {
        const auto drained = drain(limit, minutes(5), [] { return 1U; });
        EXPECT_LE(drained.worst_minute, static_cast<double>(limit)) << limit;
        EXPECT_GE(drained.total, static_cast<double>(limit) * 5 * 0.98) << limit;
    }
}

TEST(TokenBucket, CountsLargeAmountsAsDebt) {
    Rng rng(1);
    constexpr std::uint64_t limit = 100'000;
    constexpr std::uint64_t largest = 4'000;
    const auto drained = drain(limit, minutes(5), [&] { return 200 + rng.below(largest - 200); });
    EXPECT_LE(drained.worst_minute, static_cast<double>(limit + largest));
    EXPECT_GE(drained.total, static_cast<double>(limit) * 5 * 0.98);
}

TEST(TokenBucket, PacesEvenlyOverOneSecond) {
    TimePoint now{};
    TokenBucket bucket(6'000, now);  // 100 a second
    int in_first_second = 0;
    while (true) {
        now = std::max(now, bucket.ready_at(now, 1));
        if (now >= TimePoint{} + seconds(1)) break;
        bucket.take(now, 1);
        ++in_first_second;
    }
    EXPECT_GE(in_first_second, 95);
    EXPECT_LE(in_first_second, 110);
}

TEST(TokenBucket, SavesNoMoreThanABurstWhileIdle) {
    TimePoint now{};
    TokenBucket bucket(6'000, now);
    now += minutes(10);
    int at_once = 0;
    while (bucket.ready_at(now, 1) <= now) {
        bucket.take(now, 1);
        ++at_once;
    }
    EXPECT_EQ(at_once, 10);
}

TEST(TokenBucket, LetsEverythingThroughWithoutALimit) {
    TokenBucket bucket(0, TimePoint{});
    bucket.take(TimePoint{}, 1'000'000'000);
    EXPECT_EQ(bucket.ready_at(TimePoint{}, 1'000'000), TimePoint{});
}

TEST(TokenBucket, IsReadyWhenItSaysSo) {
    Rng rng(2);
    TimePoint now{};
    TokenBucket bucket(12'345, now);
    for (int i = 0; i < 10'000; ++i) {
        const std::uint64_t amount = 1 + rng.below(50);
        const TimePoint ready = bucket.ready_at(now, amount);
        now = std::max(now, ready);
        ASSERT_LE(bucket.ready_at(now, amount), now) << "a waiter woken at the promised time does not wait again";
        bucket.take(now, amount);
    }
}

}  // namespace
}  // namespace prelabel::flow
