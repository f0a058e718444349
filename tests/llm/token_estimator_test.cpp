#include <prelabel/base/rng.hpp>
#include <prelabel/llm/token_estimator.hpp>

#include <limits>

#include <gtest/gtest.h>

namespace prelabel::llm {
namespace {

TEST(TokenEstimator, StartsAboveWhatTextUsuallyTakes) {
    const TokenEstimator fresh;
    EXPECT_EQ(fresh.estimate(1'200), 600U);
    EXPECT_EQ(fresh.estimate(0), 1U);
    EXPECT_EQ(fresh.estimate(1), 1U);
}

TEST(TokenEstimator, LearnsRequestsOfOneSizeAndLosesItsMargin) {
    TokenEstimator estimator;
    for (int i = 0; i < 500; ++i) estimator.observe(4'000, 1'000);
    EXPECT_NEAR(static_cast<double>(estimator.estimate(4'000)), 1'000, 10);
    for (int i = 0; i < 100'000; ++i) estimator.observe(4'000, 1'000);
    EXPECT_NEAR(static_cast<double>(estimator.estimate(4'000)), 1'000, 1);
    EXPECT_NEAR(static_cast<double>(estimator.estimate(4'100)), 1'025, 10) << "what is larger has more";
    EXPECT_NEAR(static_cast<double>(estimator.estimate(400)), 100, 90) << "and what is smaller has less";
}

TEST(TokenEstimator, LearnsThatAPartOfEveryRequestIsCountedOtherwiseThanTheText) {
    // 2,000 bytes of instructions and schema, of which the server counts 240 tokens; then four bytes of text a token.
    const auto counted = [](std::size_t bytes) { return 240 + (bytes - 2'000) / 4; };
    TokenEstimator estimator;
    Rng rng(5);
    double asked = 0;
    double taken = 0;
    for (int i = 0; i < 2'000; ++i) {
        const auto bytes = 2'000 + 40 + rng.below(900);
        if (i >= 60) {
            EXPECT_GE(estimator.estimate(bytes) + 1, counted(bytes));
            asked += static_cast<double>(estimator.estimate(bytes));
            taken += static_cast<double>(counted(bytes));
        }
        estimator.observe(bytes, counted(bytes));
    }
    EXPECT_LT(asked, taken * 1.01) << "one request in a hundred more could have been sent";
    for (const std::size_t far : {20'000U, 200'000U}) {
        EXPECT_GE(estimator.estimate(far), counted(far));
        EXPECT_LE(static_cast<double>(estimator.estimate(far)), static_cast<double>(counted(far)) * 1.1);
    }
}

TEST(TokenEstimator, CoversNearlyAllTextsOfAnUnsteadyTask) {
    TokenEstimator estimator;
    Rng rng(3);
    int covered = 0;
    double asked = 0;
    double taken = 0;
    for (int i = 0; i < 4'000; ++i) {
        const double ratio = 0.2 + 0.1 * (rng.uniform() + rng.uniform() + rng.uniform());
        const auto bytes = 500 + rng.below(4'000);
        const auto tokens = static_cast<std::uint64_t>(ratio * static_cast<double>(bytes));
        const auto estimate = estimator.estimate(bytes);
        if (i >= 100) {
            covered += estimate >= tokens;
            asked += static_cast<double>(estimate);
            taken += static_cast<double>(tokens);
        }
        estimator.observe(bytes, tokens);
    }
    EXPECT_GT(covered, 3'900 * 95 / 100);
    EXPECT_LT(asked, taken * 1.5) << "a margin, not a waste of the quota";
}

TEST(TokenEstimator, AFewLargeDocumentsAreNoMarginOnEverySmallOne) {
    TokenEstimator estimator;
    Rng rng(7);
    double asked = 0;
    double taken = 0;
    for (int i = 0; i < 20'000; ++i) {
        const std::size_t text = rng.chance(0.01) ? 200'000 : 300 + rng.below(1'200);
        const double ratio = 0.2 + 0.3 * rng.uniform();
        const auto tokens = 400 + static_cast<std::uint64_t>(ratio * static_cast<double>(text));
        if (i >= 100 && text < 2'000) {
            asked += static_cast<double>(estimator.estimate(2'000 + text));
            taken += static_cast<double>(tokens);
        }
        estimator.observe(2'000 + text, tokens);
    }
    EXPECT_LT(asked, taken * 1.5) << "each text's own ratio cannot be known; that of others is not charged to it";
}

TEST(TokenEstimator, FollowsADriftWithinAHundredTexts) {
    TokenEstimator estimator;
    for (int i = 0; i < 1'000; ++i) estimator.observe(1'000, 250);
    for (int i = 0; i < 100; ++i) estimator.observe(1'000, 500);
    EXPECT_GE(estimator.estimate(1'000), 500U);
}

TEST(TokenEstimator, IgnoresSilenceAndSurvivesGarbage) {
    TokenEstimator estimator;
    estimator.observe(1'000, 0);
    estimator.observe(0, 1'000);
    EXPECT_EQ(estimator.estimate(1'200), TokenEstimator{}.estimate(1'200));
    for (int i = 0; i < 100; ++i) estimator.observe(1, std::numeric_limits<std::uint64_t>::max());
    EXPECT_LE(estimator.estimate(1'000), 4'000U);
    EXPECT_LE(estimator.estimate(0), 4U);
    EXPECT_LE(estimator.estimate(std::numeric_limits<std::size_t>::max()), 2'000'000'000'000'000U);
    estimator.observe(std::numeric_limits<std::size_t>::max(), 1);
    EXPECT_GE(estimator.estimate(1'000), 1U) << "and nothing overflows";
}

}  // namespace
}  // namespace prelabel::llm
