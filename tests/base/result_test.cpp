#include <prelabel/base/result.hpp>

#include <memory>

#include <gtest/gtest.h>

namespace prelabel {
namespace {

Result<int> read_port(const std::string& text) {
    if (text.empty()) return Error{Fault::config, "port: is missing"};
    return static_cast<int>(text.size());
}

Result<> open_port(const std::string& text) {
    const auto port = read_port(text);
    if (!port) return port.error();
    if (*port > 3) return Error{Fault::dependency, "port: is taken"};
    return {};
}

TEST(Result, IsTrueWithAValueAndFalseWithAnError) {
    EXPECT_TRUE(read_port("ab"));
    EXPECT_EQ(*read_port("ab"), 2);
    EXPECT_FALSE(read_port(""));
    EXPECT_EQ(read_port("").error().fault, Fault::config);
    EXPECT_EQ(read_port("").error().message, "port: is missing");
}

TEST(Result, HandsAnErrorOnAcrossTypesAsItIs) {
    EXPECT_TRUE(open_port("abc"));
    EXPECT_EQ(open_port("").error().message, "port: is missing");
    EXPECT_EQ(open_port("abcd").error().fault, Fault::dependency);
}

TEST(Result, GivesAwayWhatCanOnlyBeMoved) {
    Result<std::unique_ptr<int>> made = std::make_unique<int>(7);
    const std::unique_ptr<int> mine = *std::move(made);
    EXPECT_EQ(*mine, 7);
}

TEST(ResultDeathTest, AValueThatIsNotThereStopsTheProcessWithTheErrorsSentence) {
    const auto none = read_port("");
    EXPECT_DEATH(static_cast<void>(none.value()), "contract broken: port: is missing");
}

}  // namespace
}  // namespace prelabel
