#include <prelabel/flow/retry_policy.hpp>

#include <algorithm>

#include <gtest/gtest.h>

namespace prelabel::flow {
namespace {

using namespace std::chrono_literals;

TEST(RetryPolicy, WaitsLongerEachTimeUpToEightSeconds) {
    Rng rng(1);
    for (int round = 0; round < 100; ++round) {
        Duration expected = 500ms;
        for (std::uint32_t failures = 1; failures < 20; ++failures) {
            const Duration wait = RetryPolicy::wait(failures, std::nullopt, rng);
            EXPECT_LE(wait, expected);
            EXPECT_GE(wait, expected * 3 / 4);
            expected = std::min<Duration>(expected * 2, 8s);
        }
    }
}

TEST(RetryPolicy, NeverComesBackBeforeTheProviderAsked) {
    Rng rng(1);
    for (int i = 0; i < 1000; ++i) {
        const Duration wait = RetryPolicy::wait(1, 20s, rng);
        EXPECT_GE(wait, 20s);
        EXPECT_LE(wait, 22s);
    }
}

TEST(RetryPolicy, IsUsedUpByAttemptsOrByTimeAndNotByCallsThatDoNotCount) {
    const RetryPolicy policy(3, 10min);
    EXPECT_FALSE(policy.used_up({.calls = 100, .attempts = 2, .time = 10min - 1ns}));
    EXPECT_TRUE(policy.used_up({.calls = 3, .attempts = 3, .time = 0s}));
    EXPECT_TRUE(policy.used_up({.calls = 1, .attempts = 0, .time = 10min}));
}

}  // namespace
}  // namespace prelabel::flow
