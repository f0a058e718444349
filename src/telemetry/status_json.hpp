#pragma once

#include <prelabel/telemetry/snapshot.hpp>

#include <string>

namespace prelabel::telemetry {

/// The body of /status.
[[nodiscard]] std::string status_json(const Snapshot& snapshot);

}  // namespace prelabel::telemetry
