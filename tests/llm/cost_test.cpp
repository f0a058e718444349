#include <prelabel/llm/cost.hpp>

#include <gtest/gtest.h>

namespace prelabel::llm {
namespace {

TEST(Cost, CountsCachedTokensAsPartOfTheInput) {
    const Price price{.input_per_mtok = 0.15, .cached_input_per_mtok = 0.075, .output_per_mtok = 0.60};
    EXPECT_DOUBLE_EQ(cost_usd({.input_tokens = 212, .output_tokens = 31}, price), 0.0000504);
    EXPECT_DOUBLE_EQ(cost_usd({.input_tokens = 1'000'000, .cached_input_tokens = 400'000}, price), 0.12);
    EXPECT_DOUBLE_EQ(cost_usd({.input_tokens = 10, .cached_input_tokens = 99}, price), 10 * 0.075 / 1e6)
        << "never below zero";
    EXPECT_DOUBLE_EQ(cost_usd({}, price), 0);
}

TEST(Cost, OfCachedTokensIsThatOfTheOthersWhereNobodySaysMore) {
    const Price price{.input_per_mtok = 1, .output_per_mtok = 2};
    const Usage mostly_cached{.input_tokens = 1'000, .cached_input_tokens = 900};
    EXPECT_DOUBLE_EQ(cost_usd(mostly_cached, price), 0.001);
    const Price free_when_cached{.input_per_mtok = 1, .cached_input_per_mtok = 0, .output_per_mtok = 2};
    EXPECT_DOUBLE_EQ(cost_usd(mostly_cached, free_when_cached), 0.0001);
}

TEST(Cost, IsKnownAsSoonAsOneOfThePricesIs) {
    EXPECT_FALSE(is_known({}));
    EXPECT_FALSE(is_known({.input_per_mtok = 0, .cached_input_per_mtok = 0}));
    EXPECT_TRUE(is_known({.input_per_mtok = 1}));
    EXPECT_TRUE(is_known({.cached_input_per_mtok = 1}));
    EXPECT_TRUE(is_known({.output_per_mtok = 1}));
}

TEST(Cost, AtMostIsATokenForEachByteAtTheHigherPriceAndTheLongestAnswer) {
    EXPECT_DOUBLE_EQ(cost_max_usd(1'000, 500, {.input_per_mtok = 1, .output_per_mtok = 2}), 0.002);
    EXPECT_DOUBLE_EQ(cost_max_usd(1'000, 500, {.input_per_mtok = 1, .cached_input_per_mtok = 3}), 0.003);
    EXPECT_DOUBLE_EQ(cost_max_usd(1'000, 500, {.input_per_mtok = 1, .cached_input_per_mtok = 0}), 0.001);
}

}  // namespace
}  // namespace prelabel::llm
