#pragma once

#include <prelabel/telemetry/snapshot.hpp>

#include <string>
#include <string_view>

namespace prelabel::telemetry {

/// "starting", "running", "unassigned" (it had partitions), "paused" or "draining".
[[nodiscard]] std::string_view state_of(const Snapshot& snapshot);
/// The body of /status.
[[nodiscard]] std::string status_json(const Snapshot& snapshot);
/// The page at /: static, polls /status, loads nothing from elsewhere.
[[nodiscard]] std::string_view live_page();
/// Its script, which a content policy lets in from here only.
[[nodiscard]] std::string_view live_script();

}  // namespace prelabel::telemetry
