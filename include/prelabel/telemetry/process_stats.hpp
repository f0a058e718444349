#pragma once

#include <cstdint>

namespace prelabel::telemetry {

/// The system's figures about this process.
struct ProcessStats {
    std::uint64_t resident_bytes = 0;
    std::uint64_t memory_limit_bytes = 0;  ///< the least of the machine's memory and the limits of its control groups
    std::uint64_t open_files = 0;
    double cpu_seconds = 0;     ///< user and system
    double uptime_seconds = 0;  ///< since the process started
};

/// Reads them now; a figure that the system does not give stays 0. Cost: small files and a folder of /proc.
[[nodiscard]] ProcessStats read_process_stats();

}  // namespace prelabel::telemetry
