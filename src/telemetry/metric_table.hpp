#pragma once

#include "telemetry/metric_family.hpp"

#include <prelabel/telemetry/snapshot.hpp>

namespace prelabel::telemetry {

/// Every metric with its numbers of now, a row each.
/// Label values are bounded by enums, the task's labels and the assignment.
[[nodiscard]] MetricFamilies metric_table(const Snapshot& snapshot);

}  // namespace prelabel::telemetry
