#include "llm_sim/dice.hpp"

#include <algorithm>
#include <set>
#include <vector>

#include <gtest/gtest.h>

namespace prelabel::llm_sim {
namespace {

using Roll = Dice::Roll;

TEST(Dice, RollTheSameForTheSameRequest) {
    EXPECT_EQ(Dice(1, 2, 3).bits(Roll::fault), Dice(1, 2, 3).bits(Roll::fault));
}

TEST(Dice, RollDifferentlyForEverythingThatDiffers) {
    const std::set<std::uint64_t> rolls{Dice(1, 2, 3).bits(Roll::fault),      Dice(2, 2, 3).bits(Roll::fault),
                                        Dice(1, 3, 3).bits(Roll::fault),      Dice(1, 2, 4).bits(Roll::fault),
                                        Dice(1, 2, 3).bits(Roll::latency),    Dice(1, 2, 3).bits(Roll::fault, 1),
                                        Dice(1, 2, 3).bits(Roll::identity, 1)};
    EXPECT_EQ(rolls.size(), 7U);
}

TEST(Dice, AreFair) {
    constexpr std::uint64_t rolls = 100'000;
    std::vector<std::uint64_t> tenths(10);
    for (std::uint64_t i = 0; i < rolls; ++i)
        ++tenths[static_cast<std::size_t>(Dice(1, i, 0).uniform(Roll::fault) * 10)];
    for (const std::uint64_t count : tenths) EXPECT_NEAR(static_cast<double>(count), rolls / 10.0, 500);
}

TEST(Dice, DrawALognormalWithMedianOneAndItsSpread) {
    std::vector<double> drawn;
    for (std::uint64_t i = 0; i < 100'000; ++i) drawn.push_back(Dice(7, i, 0).lognormal(0.4));
    std::ranges::sort(drawn);
    EXPECT_NEAR(drawn[50'000], 1.0, 0.01);
    EXPECT_NEAR(drawn[84'134], std::exp(0.4), 0.02) << "one sigma above";
    EXPECT_NEAR(drawn[15'866], std::exp(-0.4), 0.02) << "one sigma below";
    EXPECT_DOUBLE_EQ(Dice(7, 1, 0).lognormal(0), 1.0);
}

}  // namespace
}  // namespace prelabel::llm_sim
