#include <prelabel/base/rng.hpp>
#include <prelabel/flow/spend_budget.hpp>

#include <deque>

#include <gtest/gtest.h>

namespace prelabel::flow {
namespace {

TEST(SpendBudget, WithoutACapAllowsEverything) {
    SpendBudget budget;
    budget.reserve(1e12);
    EXPECT_TRUE(budget.allows(1e12));
}

TEST(SpendBudget, CountsWhatCallsUnderWayMayStillCost) {
    SpendBudget budget(1.0);
    budget.reserve(0.5);
    EXPECT_TRUE(budget.allows(0.5));
    budget.reserve(0.25);
    EXPECT_FALSE(budget.allows(0.5));
    EXPECT_TRUE(budget.allows(0.25));
}

TEST(SpendBudget, GivesBackWhatACallDidNotCost) {
    SpendBudget budget(1.0);
    budget.reserve(1.0);
    EXPECT_FALSE(budget.allows(0.5));
    budget.settle(1.0, 0.25);
    EXPECT_TRUE(budget.allows(0.75));
    EXPECT_FALSE(budget.allows(0.76));
}

TEST(SpendBudget, ACallThatFailedCostsNothing) {
    SpendBudget budget(1.0);
    budget.reserve(1.0);
    budget.settle(1.0, 0);
    EXPECT_TRUE(budget.allows(1.0));
}

TEST(SpendBudget, AfterACallThatCostMoreThanWasReservedAllowsNoMore) {
    SpendBudget budget(1.0);
    budget.reserve(0.5);
    budget.settle(0.5, 1.5);
    EXPECT_FALSE(budget.allows(0));
}

// Whatever the order of calls and however little of its reserve each one uses.
TEST(SpendBudget, IsNeverExceededByCallsThatCostAtMostWhatWasReserved) {
    for (std::uint64_t seed = 1; seed <= 200; ++seed) {
        Rng rng(seed);
        SpendBudget budget(1.0);
        std::deque<double> under_way;
        double paid = 0;
        for (int step = 0; step < 1'000; ++step) {
            const double most = 0.001 + 0.05 * rng.uniform();
            if (rng.uniform() < 0.6 && budget.allows(most)) {
                budget.reserve(most);
                under_way.push_back(most);
            } else if (!under_way.empty()) {
                const double cost = under_way.front() * rng.uniform();
                budget.settle(under_way.front(), cost);
                paid += cost;
                under_way.pop_front();
            }
        }
        for (const double most : under_way) paid += most;
        ASSERT_LE(paid, 1.0 + 1e-9) << "seed " << seed;
    }
}

}  // namespace
}  // namespace prelabel::flow
