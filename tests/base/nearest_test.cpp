#include <prelabel/base/nearest.hpp>

#include <array>

#include <gtest/gtest.h>

namespace prelabel {
namespace {

const std::array<std::string, 4> keys{"brokers", "topic", "group", "properties"};

TEST(Nearest, GuessesAMistypedWord) {
    EXPECT_EQ(nearest("borkers", keys), "brokers");
    EXPECT_EQ(nearest("topics", keys), "topic");
    EXPECT_EQ(nearest("propertys", keys), "properties");
}

TEST(Nearest, SaysNothingWhenNothingIsClose) {
    EXPECT_EQ(nearest("retention", keys), std::nullopt);
    EXPECT_EQ(nearest("", keys), std::nullopt);
    EXPECT_EQ(nearest(std::string(1000, 'x'), keys), std::nullopt);
}

}  // namespace
}  // namespace prelabel
