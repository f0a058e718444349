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

TEST(TokenEstimator, LearnsASteadyRatioAndLosesItsMargin) {
    TokenEstimator estimator;
    for (int i = 0; i < 500; ++i) estimator.observe(4'000, 1'000);
    EXPECT_NEAR(estimator.ratio(), 0.25, 0.001);
    EXPECT_NEAR(static_cast<double>(estimator.estimate(4'000)), 1'000, 10);
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
    EXPECT_LE(estimator.ratio(), 4.0);
    EXPECT_LE(estimator.estimate(1'000), 10'000U);
}

}  // namespace
}  // namespace prelabel::llm
