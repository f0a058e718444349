#include <prelabel/files/seen_ids.hpp>

#include <string>

#include <gtest/gtest.h>

namespace prelabel::files {
namespace {

TEST(SeenIds, FindsAnIdThatStandsTwice) {
    SeenIds ids;
    for (int i = 0; i < 10'000; ++i) ASSERT_FALSE(ids.add(std::to_string(i))) << i;
    for (int i = 0; i < 10'000; ++i) ASSERT_TRUE(ids.add(std::to_string(i))) << i;
    EXPECT_EQ(ids.size(), 10'000U);
    EXPECT_FALSE(ids.add(""));
    EXPECT_TRUE(ids.add(""));
}

TEST(SeenIds, KeepsNoMoreThanItsBound) {
    SeenIds ids(2);
    EXPECT_FALSE(ids.add("a"));
    EXPECT_FALSE(ids.add("b"));
    EXPECT_FALSE(ids.add("c"));
    EXPECT_FALSE(ids.add("c")) << "it is not kept";
    EXPECT_TRUE(ids.add("a"));
    EXPECT_EQ(ids.size(), 2U);
    SeenIds none(0);
    EXPECT_FALSE(none.add("a"));
    EXPECT_FALSE(none.add("a"));
}

}  // namespace
}  // namespace prelabel::files
