#include "telemetry/memory_limit.hpp"

#include <prelabel/telemetry/process_stats.hpp>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>
#include <string>
#include <system_error>
#include <unistd.h>

#include <sys/resource.h>

namespace prelabel::telemetry {
namespace {

double seconds(const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
}

/// Field 22 of /proc/self/stat: clock ticks from the system's start to the process's. The second field, the program's
/// name in parentheses, may hold spaces.
double started_after_boot() {
    std::ifstream stream("/proc/self/stat");
    const std::string text{std::istreambuf_iterator<char>(stream), {}};
    const auto name_end = text.rfind(')');
    if (name_end == std::string::npos) return 0;
    std::istringstream fields(text.substr(name_end + 1));
    std::string skipped;
    for (int field = 3; field < 22; ++field) fields >> skipped;
    double ticks = 0;
    fields >> ticks;
    return ticks / static_cast<double>(std::max(1L, ::sysconf(_SC_CLK_TCK)));
}

}  // namespace

ProcessStats read_process_stats() {
    ProcessStats stats;
    std::uint64_t pages = 0;
    if (std::ifstream("/proc/self/statm") >> pages >> pages)
        stats.resident_bytes = pages * static_cast<std::uint64_t>(std::max(1L, ::sysconf(_SC_PAGESIZE)));
    stats.memory_limit_bytes = memory_limit("/");
    std::error_code error;
    for (std::filesystem::directory_iterator at("/proc/self/fd", error), end; !error && at != end; at.increment(error))
        ++stats.open_files;
    rusage usage{};
    if (::getrusage(RUSAGE_SELF, &usage) == 0) stats.cpu_seconds = seconds(usage.ru_utime) + seconds(usage.ru_stime);
    double since_boot = 0;
    if (std::ifstream("/proc/uptime") >> since_boot)
        stats.uptime_seconds = std::max(0.0, since_boot - started_after_boot());
    return stats;
}

}  // namespace prelabel::telemetry
