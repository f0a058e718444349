#include "telemetry/memory_limit.hpp"

#include <filesystem>
#include <fstream>
#include <string>
#include <unistd.h>

#include <gtest/gtest.h>

namespace prelabel::telemetry {
namespace {

/// A machine of 1,000 KiB, as its files say.
class MemoryLimit : public ::testing::Test {
protected:
    MemoryLimit() : root_(std::filesystem::temp_directory_path() / ("prelabel-memory-" + std::to_string(::getpid()))) {
        std::filesystem::remove_all(root_);
        write("proc/meminfo", "MemTotal:           1000 kB\nMemFree:  1 kB\n");
    }
    ~MemoryLimit() override { std::filesystem::remove_all(root_); }

    void write(const std::string& file, const std::string& text) const {
        const auto path = root_ / file;
        std::filesystem::create_directories(path.parent_path());
        std::ofstream(path) << text;
    }
    [[nodiscard]] std::uint64_t found() const { return memory_limit(root_); }

    static constexpr std::uint64_t machine = 1'024'000;

private:
    std::filesystem::path root_;
};

TEST_F(MemoryLimit, IsTheMachinesWithoutAnother) {
    EXPECT_EQ(found(), machine);
    write("proc/self/cgroup", "0::/\n");
    EXPECT_EQ(found(), machine);
    write("sys/fs/cgroup/memory.max", "max\n");
    EXPECT_EQ(found(), machine);
    write("sys/fs/cgroup/memory.max", "9223372036854771712\n");
    EXPECT_EQ(found(), machine) << "as version 1 says that there is no limit";
}

TEST_F(MemoryLimit, IsTheLeastOfTheGroupsFromTheProcessUp) {
    write("proc/self/cgroup", "0::/pods/one/worker\n");
    write("sys/fs/cgroup/pods/one/worker/memory.max", "max\n");
    write("sys/fs/cgroup/pods/one/memory.max", "500000\n");
    write("sys/fs/cgroup/pods/memory.max", "600000\n");
    write("sys/fs/cgroup/pods/two/memory.max", "1\n");
    EXPECT_EQ(found(), 500'000U);
    write("sys/fs/cgroup/pods/one/worker/memory.max", "400000\n");
    EXPECT_EQ(found(), 400'000U);
}

TEST_F(MemoryLimit, IsThatOfTheContainerWhereItsPathIsTheHosts) {
    write("proc/self/cgroup", "0::/kubepods/burstable/pod1/abc\n");
    write("sys/fs/cgroup/memory.max", "300000\n");
    EXPECT_EQ(found(), 300'000U);
}

TEST_F(MemoryLimit, IsFoundInTheFirstVersionToo) {
    write("proc/self/cgroup", "9:name=systemd:/x\n5:cpu,memory:/docker/abc\n0::/\nno line of such a file\n");
    write("sys/fs/cgroup/memory/docker/abc/memory.limit_in_bytes", "200000\n");
    write("sys/fs/cgroup/memory/x/memory.limit_in_bytes", "1\n");
    EXPECT_EQ(found(), 200'000U);
}

TEST_F(MemoryLimit, IsUnknownWhereTheSystemSaysNothing) {
    write("proc/meminfo", "");
    EXPECT_EQ(found(), 0U);
}

}  // namespace
}  // namespace prelabel::telemetry
