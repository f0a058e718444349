#include "files/draw.hpp"

#include <algorithm>
#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace prelabel::files {
namespace {

Drawn document(std::uint64_t number, std::size_t bytes = 10) {
    Drawn drawn;
    drawn.record.origin.offset = static_cast<Offset>(number);
    drawn.record.value = std::string(bytes, 'x');
    return drawn;
}

std::vector<Offset> drawn_of(std::uint64_t documents, std::uint64_t size, std::uint64_t seed) {
    Draw draw(size, seed);
    for (std::uint64_t i = 0; i < documents; ++i) EXPECT_TRUE(draw.offer(document(i)));
    std::vector<Offset> offsets;
    for (const auto& one : draw.take()) offsets.push_back(one.record.origin.offset);
    return offsets;
}

TEST(Draw, GivesSoManyDifferentOnesInTheirOrder) {
    for (const std::uint64_t size : {0U, 1U, 7U, 100U}) {
        const auto drawn = drawn_of(100, size, 3);
        EXPECT_EQ(drawn.size(), size);
        EXPECT_TRUE(std::ranges::is_sorted(drawn));
        EXPECT_EQ(std::ranges::adjacent_find(drawn), drawn.end());
    }
    EXPECT_EQ(drawn_of(5, 10, 1), (std::vector<Offset>{0, 1, 2, 3, 4})) << "all there are";
    EXPECT_TRUE(drawn_of(0, 10, 1).empty());
}

TEST(Draw, TheSameSeedDrawsTheSameAndAnotherDrawsOthers) {
    EXPECT_EQ(drawn_of(1'000, 20, 7), drawn_of(1'000, 20, 7));
    EXPECT_NE(drawn_of(1'000, 20, 7), drawn_of(1'000, 20, 8));
}

TEST(Draw, ALargerDrawHoldsTheSmallerOne) {
    const auto few = drawn_of(1'000, 20, 7);
    const auto many = drawn_of(1'000, 50, 7);
    EXPECT_TRUE(std::ranges::includes(many, few));
}

// Over many seeds each of 50 documents is drawn about equally often: a binomial's five standard deviations.
TEST(Draw, EveryPlaceHasTheSameChance) {
    constexpr int seeds = 4'000;
    std::vector<int> times(50, 0);
    for (int seed = 0; seed < seeds; ++seed)
        for (const auto offset : drawn_of(50, 10, static_cast<std::uint64_t>(seed)))
            ++times[static_cast<std::size_t>(offset)];
    for (std::size_t place = 0; place < times.size(); ++place) EXPECT_NEAR(times[place], 800, 127) << place;
}

TEST(Draw, HoldsNoMoreBytesThanItMay) {
    Draw draw(10, 1, 1'000);
    Result<> last;
    for (std::uint64_t i = 0; i < 100 && last; ++i) last = draw.offer(document(i, 200));
    ASSERT_FALSE(last);
    EXPECT_EQ(last.error().fault, Fault::config);
    Draw small(2, 1, 1'000);
    for (std::uint64_t i = 0; i < 100; ++i) EXPECT_TRUE(small.offer(document(i, 200))) << "what is not kept is let go";
}

TEST(Draw, WhatIsFinishedCountsButIsNotHeld) {
    Draw draw(10, 1, 100);
    for (std::uint64_t i = 0; i < 10; ++i) {
        auto one = document(i, 1'000'000);
        one.finished = true;
        EXPECT_TRUE(draw.offer(std::move(one)));
    }
    EXPECT_EQ(draw.take().size(), 10U);
}

}  // namespace
}  // namespace prelabel::files
