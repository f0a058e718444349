#include <prelabel/telemetry/process_stats.hpp>

#include <fstream>
#include <vector>

#include <gtest/gtest.h>

namespace prelabel::telemetry {
namespace {

TEST(ProcessStats, AreThoseOfThisProcess) {
    const auto before = read_process_stats();
    EXPECT_GT(before.resident_bytes, 1U << 20);
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

}  // namespace
}  // namespace prelabel::telemetry
