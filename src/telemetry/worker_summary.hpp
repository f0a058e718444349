#pragma once

#include <prelabel/telemetry/snapshot.hpp>

#include <string>
#include <string_view>

namespace prelabel::telemetry {

/// "starting", "running", "unassigned" (it had partitions), "paused" or "draining".
[[nodiscard]] std::string_view state_of(const Snapshot& snapshot);

/// What the worker does, and what it waits for, in a sentence or two for people. May have words of the provider:
/// shown_text() has cleaned them.
[[nodiscard]] std::string summary_of(const Snapshot& snapshot);

}  // namespace prelabel::telemetry
