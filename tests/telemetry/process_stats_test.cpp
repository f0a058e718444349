#include <prelabel/telemetry/process_stats.hpp>

#include <array>
#include <fstream>
#include <thread>
#include <vector>

#include <gtest/gtest.h>
#include <sys/prctl.h>

namespace prelabel::telemetry {
namespace {

TEST(ProcessStats, AreThoseOfThisProcess) {
    const auto before = read_process_stats();
    EXPECT_GT(before.resident_bytes, 1U << 20);
    EXPECT_GT(before.memory_limit_bytes, before.resident_bytes) << "or else it had been killed";
    EXPECT_GE(before.open_files, 3U);
    EXPECT_GT(before.cpu_seconds, 0);
    EXPECT_LT(before.uptime_seconds, 3'600) << "since the process started, not since the system did";
    std::vector<std::ifstream> files;
    for (int i = 0; i < 20; ++i) files.emplace_back("/proc/self/stat");
    std::vector<char> memory(64U << 20, 'x');
    const auto after = read_process_stats();
    EXPECT_GE(after.open_files, before.open_files + 20);
    EXPECT_GE(after.resident_bytes, before.resident_bytes + (60U << 20)) << memory.back();
    EXPECT_GE(after.cpu_seconds, before.cpu_seconds);
}

// The name of a program stands in the line that says when it started.
TEST(ProcessStats, HaveTheSameStartWhateverTheProgramIsCalled) {
    const auto before = read_process_stats();
    std::array<char, 16> name{};
    ASSERT_EQ(::prctl(PR_GET_NAME, name.data()), 0);
    for (const char* odd : {"a b", "a) 1 2 (b", ")", "1 2 3 4"}) {
        ASSERT_EQ(::prctl(PR_SET_NAME, odd), 0);
        const auto now = read_process_stats();
        EXPECT_GE(now.uptime_seconds, before.uptime_seconds) << odd;
        EXPECT_LT(now.uptime_seconds, before.uptime_seconds + 600) << odd;
    }
    ::prctl(PR_SET_NAME, name.data());
}

TEST(ProcessStats, CountTheTimeOfEveryThread) {
    const double before = read_process_stats().cpu_seconds;
    std::thread([&] {
        while (read_process_stats().cpu_seconds < before + 0.05) {
        }
    }).join();
    EXPECT_GE(read_process_stats().cpu_seconds, before + 0.05);
}

}  // namespace
}  // namespace prelabel::telemetry
