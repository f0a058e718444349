#include "llm_sim/quota.hpp"

#include <gtest/gtest.h>

namespace prelabel::llm_sim {
namespace {

using namespace std::chrono_literals;
using Verdict = Quota::Verdict;

TimePoint at(Duration time) { return TimePoint(time); }

TEST(Bucket, HoldsAMinutesWorthAndRefillsContinuously) {
    Bucket bucket(60, at(0s));
    EXPECT_EQ(bucket.remaining(at(0s)), 60U);
    bucket.take(at(0s), 60);
    EXPECT_EQ(bucket.remaining(at(0s)), 0U);
    EXPECT_EQ(bucket.reset(at(0s)), 60s);
    EXPECT_EQ(bucket.wait(at(0s), 1), 1s);
    EXPECT_EQ(bucket.wait(at(500ms), 1), 500ms);
    EXPECT_EQ(bucket.wait(at(1s), 1), 0s);
    EXPECT_EQ(bucket.remaining(at(90s)), 60U) << "never more than full";
}

TEST(Bucket, SaysNeverForMoreThanItCanHold) {
    const Bucket bucket(10, at(0s));
    EXPECT_EQ(bucket.wait(at(0s), 11), std::nullopt);
    EXPECT_EQ(bucket.wait(at(0s), 10), 0s);
}

TEST(Bucket, WithoutALimitNeverWaits) {
    Bucket bucket(0, at(0s));
    bucket.take(at(0s), 1'000'000);
    EXPECT_FALSE(bucket.limited());
    EXPECT_EQ(bucket.wait(at(0s), 1'000'000), 0s);
}

TEST(Bucket, AdmitsExactlyWhenItSaidItWould) {
    for (const std::uint64_t per_minute : {1U, 7U, 60U, 4'999U, 2'000'000U}) {
        Bucket bucket(per_minute, at(0s));
        Duration now = 12'345ms;
        for (int i = 0; i < 200; ++i) {
            const std::uint64_t amount = 1 + static_cast<std::uint64_t>(i) % per_minute;
            const auto wait = bucket.wait(at(now), amount);
            ASSERT_TRUE(wait.has_value());
            if (*wait > 1ms) {
                EXPECT_GT(*bucket.wait(at(now + *wait - 1ms), amount), 0s);
            }
            now += *wait;
            ASSERT_EQ(bucket.wait(at(now), amount), 0s) << per_minute << " step " << i;
            bucket.take(at(now), amount);
        }
    }
}

TEST(Quota, RefusesRequestsBeyondTheLimitAndSaysWhen) {
    Quota quota(2, 0, at(0s));
    EXPECT_EQ(quota.admit(at(0s), 10), Verdict::admitted);
    EXPECT_EQ(quota.admit(at(0s), 10), Verdict::admitted);
    EXPECT_EQ(quota.admit(at(0s), 10), Verdict::out_of_requests);
    EXPECT_EQ(quota.retry_after(at(0s), 10), 30s);
    EXPECT_EQ(quota.admit(at(29'999ms), 10), Verdict::out_of_requests);
    EXPECT_EQ(quota.admit(at(30s), 10), Verdict::admitted);
}

TEST(Quota, CountsARequestRefusedForItsTokens) {
    Quota quota(10, 100, at(0s));
    EXPECT_EQ(quota.admit(at(0s), 90), Verdict::admitted);
    EXPECT_EQ(quota.admit(at(0s), 20), Verdict::out_of_tokens);
    EXPECT_EQ(quota.requests().remaining(at(0s)), 8U);
    EXPECT_EQ(quota.tokens().remaining(at(0s)), 10U) << "but not its tokens";
    EXPECT_EQ(quota.retry_after(at(0s), 20), 6s);
}

TEST(Quota, RefusesForGoodWhatNeverFits) {
    Quota quota(10, 100, at(0s));
    EXPECT_EQ(quota.admit(at(0s), 101), Verdict::too_large);
    EXPECT_EQ(quota.requests().remaining(at(0s)), 10U);
    EXPECT_EQ(quota.retry_after(at(0s), 101), 0s);
}

TEST(Quota, AdmitsNoMoreThanAFullBucketAndItsRefill) {
    Quota quota(600, 0, at(0s));
    int admitted = 0;
    for (int ms = 0; ms < 60'000; ++ms) admitted += quota.admit(at(1ms * ms), 1) == Verdict::admitted;
    EXPECT_GE(admitted, 1'199);
    EXPECT_LE(admitted, 1'200);
}

TEST(ResetText, IsWrittenAsTheProviderWritesIt) {
    EXPECT_EQ(reset_text(0s), "0ms");
    EXPECT_EQ(reset_text(12ms), "12ms");
    EXPECT_EQ(reset_text(11'000'001ns), "12ms") << "never too early";
    EXPECT_EQ(reset_text(1s), "1s");
    EXPECT_EQ(reset_text(8'640ms), "8.64s");
    EXPECT_EQ(reset_text(1'005ms), "1.005s");
    EXPECT_EQ(reset_text(6min), "6m0s");
    EXPECT_EQ(reset_text(90'500ms), "1m30.5s");
    EXPECT_EQ(reset_text(1h + 1s), "1h0m1s");
    EXPECT_EQ(reset_text(-1s), "0ms");
}

}  // namespace
}  // namespace prelabel::llm_sim
