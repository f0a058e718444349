#include "llm_sim/minute_peak.hpp"

#include <algorithm>
#include <deque>

#include <gtest/gtest.h>

namespace prelabel::llm_sim {
namespace {

using namespace std::chrono_literals;

TimePoint at(Duration time) { return TimePoint(time); }

TEST(MinutePeak, IsTheLargestSumOfAnySixtySeconds) {
    MinutePeak peak;
    peak.add(at(0s), 3);
    peak.add(at(59s), 4);
    EXPECT_EQ(peak.peak(), 7U);
    peak.add(at(60s), 2);  // the first three have left
    EXPECT_EQ(peak.peak(), 7U);
    peak.add(at(61s), 5);
    EXPECT_EQ(peak.peak(), 11U);
    peak.add(at(10min), 1);
    EXPECT_EQ(peak.peak(), 11U);
}

TEST(MinutePeak, AgreesWithItsDefinition) {
    MinutePeak peak;
    std::deque<std::pair<Duration, std::uint64_t>> window;
    std::uint64_t sum = 0;
    std::uint64_t expected = 0;
    Duration now{};
    for (std::uint64_t i = 0; i < 50'000; ++i) {
        now += i % 9'973 == 0 ? Duration(20s + 10ms * (i % 50'000)) : Duration(10ms * (i * 7 % 5));
        const std::uint64_t amount = i * 31 % 17;
        window.emplace_back(now, amount);
        sum += amount;
        for (; window.front().first <= now - 60s; window.pop_front()) sum -= window.front().second;
        expected = std::max(expected, sum);
        peak.add(at(now), amount);
        ASSERT_EQ(peak.peak(), expected) << "after " << i;
    }
}

}  // namespace
}  // namespace prelabel::llm_sim
