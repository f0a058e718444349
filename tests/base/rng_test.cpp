#include <prelabel/base/rng.hpp>

#include <array>
#include <set>

#include <gtest/gtest.h>

namespace prelabel {
namespace {

// A failing seed is printed and must replay the same on every machine: the numbers are part of the contract.
TEST(Rng, GivesTheNumbersThatTheStandardFixes) {
    Rng rng(5489);
    for (int i = 1; i < 10'000; ++i) static_cast<void>(rng.next());
    EXPECT_EQ(rng.next(), 9'981'545'732'273'789'042U) << "[rand.predef] of the C++ standard, the 10,000th";
    Rng uniform(1);
    EXPECT_EQ(uniform.uniform(), 0x1.122deafddb434p-3);
    Rng below(1);
    EXPECT_EQ(below.below(1'000), 528U);
}

TEST(Rng, RepeatsItselfForASeedAndDiffersForAnother) {
    Rng one(7);
    Rng same(7);
    Rng other(8);
    int differences = 0;
    for (int i = 0; i < 100; ++i) {
        const auto number = one.next();
        ASSERT_EQ(number, same.next());
        differences += number != other.next() ? 1 : 0;
    }
    EXPECT_EQ(differences, 100);
}

TEST(Rng, IsACopyThatGoesOnFromTheSamePlace) {
    Rng rng(3);
    static_cast<void>(rng.next());
    Rng copy = rng;
    EXPECT_EQ(rng.next(), copy.next());
}

TEST(Rng, IsUniformFromZeroToBelowOne) {
    Rng rng(11);
    std::array<int, 10> tenths{};
    for (int i = 0; i < 100'000; ++i) {
        const double number = rng.uniform();
        ASSERT_GE(number, 0.0);
        ASSERT_LT(number, 1.0);
        ++tenths[static_cast<std::size_t>(number * 10)];
    }
    for (const int count : tenths) EXPECT_NEAR(count, 10'000, 500);
}

TEST(Rng, StaysBelowItsBoundAndReachesAllOfIt) {
    Rng rng(13);
    for (const std::uint64_t bound : {1U, 2U, 3U, 7U}) {
        std::set<std::uint64_t> seen;
        for (int i = 0; i < 200; ++i) seen.insert(rng.below(bound));
        EXPECT_EQ(seen.size(), bound);
        EXPECT_EQ(*seen.rbegin(), bound - 1);
    }
}

TEST(Rng, TakesAChanceAsOftenAsItSays) {
    Rng rng(17);
    int taken = 0;
    for (int i = 0; i < 10'000; ++i) {
        ASSERT_FALSE(rng.chance(0));
        ASSERT_TRUE(rng.chance(1));
        taken += rng.chance(0.2) ? 1 : 0;
    }
    EXPECT_NEAR(taken, 2'000, 150);
}

}  // namespace
}  // namespace prelabel
