#include "llm_sim/count_table.hpp"

#include <map>

#include <gtest/gtest.h>

namespace prelabel::llm_sim {
namespace {

TEST(CountTable, SaysHowOftenAKeyWasCountedBefore) {
    CountTable table(10);
    EXPECT_EQ(table.count(0), 0U);
    EXPECT_EQ(table.add(0), 0U);
    EXPECT_EQ(table.add(0), 1U);
    EXPECT_EQ(table.add(7), 0U);
    EXPECT_EQ(table.count(0), 2U);
    EXPECT_EQ(table.size(), 2U);
}

TEST(CountTable, AgreesWithAMapThroughGrowthAndCollisions) {
    CountTable table(100'000);
    std::map<std::uint64_t, std::uint32_t> expected;
    for (std::uint64_t i = 0; i < 30'000; ++i) {
        const std::uint64_t key = i * i % 7'919 * 1'024;  // low bits alike: probes run into each other
        EXPECT_EQ(table.add(key), expected[key]++);
    }
    EXPECT_EQ(table.size(), expected.size());
    std::size_t visited = 0;
    table.for_each([&](std::uint64_t key, std::uint32_t count) {
        ++visited;
        EXPECT_EQ(count, expected.at(key));
    });
    EXPECT_EQ(visited, expected.size());
}

TEST(CountTable, KeepsCountingWhatItKnowsWhenItIsFull) {
    CountTable table(2);
    table.add(1);
    table.add(2);
    EXPECT_EQ(table.add(3), 0U);
    EXPECT_EQ(table.add(3), 0U);
    EXPECT_EQ(table.overflowed(), 2U);
    EXPECT_EQ(table.add(2), 1U);
    EXPECT_EQ(table.size(), 2U);
    table.clear();
    EXPECT_EQ(table.count(2), 0U);
    EXPECT_EQ(table.overflowed(), 0U);
}

TEST(CountTable, HoldsNothingWhenItMayHoldNothing) {
    CountTable table(0);
    EXPECT_EQ(table.add(1), 0U);
    EXPECT_EQ(table.count(1), 0U);
    EXPECT_EQ(table.overflowed(), 1U);
}

}  // namespace
}  // namespace prelabel::llm_sim
