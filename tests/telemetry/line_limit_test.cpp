#include "telemetry/line_limit.hpp"

#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

namespace prelabel::telemetry {
namespace {

using namespace std::chrono_literals;

constexpr TimePoint start{1h};

/// When lines were written, and how many each says were left out before it.
using Written = std::vector<std::pair<Duration, std::uint64_t>>;

/// The same line again and again.
Written flood(LineLimit& limit, const LineLimit::Line& line, Duration each, Duration until, Duration from = 0s) {
    Written written;
    for (Duration at = from; at < until; at += each)
        if (const auto left_out = limit.admit(start + at, line)) written.emplace_back(at, *left_out);
    return written;
}

TEST(LineLimit, TellsARepeatedReasonThriceAndThenLessAndLessOften) {
    LineLimit limit;
    const auto written = flood(limit, {"trouble", "topic is gone", true}, 100ms, 5min);
    const Written expected{{0s, 0},    {100ms, 0},  {200ms, 0},  {10s, 97},  {30s, 199},
                           {70s, 399}, {130s, 599}, {190s, 599}, {250s, 599}};
    EXPECT_EQ(written, expected);
}

TEST(LineLimit, BeginsAnewWhenAReasonWasQuiet) {
    LineLimit limit;
    const LineLimit::Line line{"trouble", "topic is gone", true};
    EXPECT_EQ(flood(limit, line, 100ms, 25s).size(), 4U);
    const auto later = flood(limit, line, 100ms, 81s, 80s);
    ASSERT_EQ(later.size(), 3U);
    EXPECT_EQ(later.front().second, 149U) << "what was left out is told with the next line of this reason";
}

TEST(LineLimit, LinesWithFurtherFactsAreTenASecond) {
    LineLimit limit;
    const auto written = flood(limit, {"dead_letter", "too large", false}, 10ms, 3s);
    ASSERT_EQ(written.size(), 30U);
    EXPECT_EQ(written[10], (std::pair<Duration, std::uint64_t>(1s, 90)));
    EXPECT_EQ(written[11].second, 0U);
}

TEST(LineLimit, AFloodHidesNoOtherReasonAndCountsForItselfOnly) {
    LineLimit limit;
    for (int i = 0; i < 100; ++i) static_cast<void>(limit.admit(start, {"trouble", "topic is gone", true}));
    EXPECT_EQ(limit.admit(start, {"trouble", "the commit was refused", true}), 0U);
    EXPECT_EQ(limit.admit(start, {"kafka", "topic is gone", true}), 0U) << "of another event";
    EXPECT_EQ(limit.admit(start + 10s, {"trouble", "the commit was refused", true}), 0U);
    EXPECT_EQ(limit.admit(start + 10s, {"trouble", "topic is gone", true}), 97U);
}

TEST(LineLimit, ReasonsThatDifferInNumbersOnlyAreOne) {
    LineLimit limit;
    std::size_t written = 0;
    for (int i = 0; i < 100; ++i)
        written +=
            limit.admit(start, {"kafka", "127.0.0.1:" + std::to_string(i) + ": refused after 7ms", true}) ? 1U : 0U;
    EXPECT_EQ(written, 3U);
}

TEST(LineLimit, KnowsABoundedNumberOfReasonsAndCountsFurtherOnesTogether) {
    LineLimit limit;
    const auto reason = [](int i) { return std::string(static_cast<std::size_t>(i + 1), 'x'); };
    std::size_t written = 0;
    for (int i = 0; i < 150; ++i) written += limit.admit(start, {"trouble", reason(i), true}) ? 1U : 0U;
    EXPECT_EQ(written, 32U + 3U);
    EXPECT_EQ(limit.admit(start + 10s, {"trouble", reason(149), true}), 0U) << "one that is quiet makes room";
}

TEST(LineLimit, AnEventWithoutReasonIsLimitedAsAWhole) {
    LineLimit limit;
    EXPECT_EQ(flood(limit, {"resumed", "", false}, 10ms, 1s).size(), 10U);
}

}  // namespace
}  // namespace prelabel::telemetry
