#include <prelabel/flow/retry_policy.hpp>

#include <gtest/gtest.h>

namespace prelabel::flow {
namespace {

using namespace std::chrono_literals;
constexpr TimePoint start{};
constexpr TimePoint far_away = start + 24h;

TEST(RetryPolicy, WaitsLongerEachTimeUpToEightSeconds) {
    Rng rng(1);
    const RetryPolicy policy(20);
    for (int round = 0; round < 100; ++round) {
        Duration expected = 500ms;
        for (std::uint32_t attempts = 1; attempts < 20; ++attempts) {
            const auto at = policy.next(start, attempts, std::nullopt, far_away, rng);
            ASSERT_TRUE(at);
            EXPECT_LE(*at - start, expected);
            EXPECT_GE(*at - start, expected * 3 / 4);
            expected = std::min<Duration>(expected * 2, 8s);
        }
    }
}

TEST(RetryPolicy, GivesUpWhenTheAttemptsAreUsedUp) {
    Rng rng(1);
    EXPECT_TRUE(RetryPolicy(3).next(start, 2, std::nullopt, far_away, rng));
    EXPECT_FALSE(RetryPolicy(3).next(start, 3, std::nullopt, far_away, rng));
    EXPECT_FALSE(RetryPolicy(1).next(start, 1, 1s, far_away, rng));
}

TEST(RetryPolicy, NeverComesBackBeforeTheProviderAsked) {
    Rng rng(1);
    const RetryPolicy policy(6);
    for (int i = 0; i < 1000; ++i) {
        const auto at = policy.next(start, 1, 20s, far_away, rng);
        ASSERT_TRUE(at);
        EXPECT_GE(*at - start, 20s);
        EXPECT_LE(*at - start, 22s);
    }
}

TEST(RetryPolicy, GivesUpWhenTheWaitWouldPassTheDeadline) {
    Rng rng(1);
    EXPECT_FALSE(RetryPolicy(6).next(start, 1, 20s, start + 20s, rng));
    EXPECT_FALSE(RetryPolicy(6).next(start + 5s, 1, std::nullopt, start + 5s, rng));
}

}  // namespace
}  // namespace prelabel::flow
