#include <prelabel/base/expects.hpp>

#include <gtest/gtest.h>

namespace prelabel {
namespace {

constexpr int half(int even) {
    expects(even % 2 == 0, "only even numbers have a half");
    return even / 2;
}

TEST(Expects, LetsAContractThatHoldsPass) {
    static_assert(half(4) == 2, "also while compiling");
    EXPECT_EQ(half(-6), -3);
}

TEST(ExpectsDeathTest, StopsTheProcessAndSaysWhatWasBrokenAndWhere) {
    EXPECT_DEATH(half(3), "expects_test\\.cpp:[0-9]+: contract broken: only even numbers have a half");
    EXPECT_EXIT(half(5), testing::KilledBySignal(SIGABRT), "") << "not by an exception that somebody catches";
}

TEST(ExpectsDeathTest, NamesTheCallersPlaceWhereOneIsGiven) {
    const auto here = std::source_location::current();
    EXPECT_DEATH(expects(false, "x", here), ":" + std::to_string(here.line()) + ": contract broken: x");
}

}  // namespace
}  // namespace prelabel
