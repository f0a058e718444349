#pragma once

#include <cstdint>
#include <filesystem>

namespace prelabel::telemetry {

/// The bytes that this process may have: the least of the machine's memory and the limits of its control groups, of
/// both versions. 0 if the system says nothing. `root` is where its files lie.
[[nodiscard]] std::uint64_t memory_limit(const std::filesystem::path& root);

}  // namespace prelabel::telemetry
