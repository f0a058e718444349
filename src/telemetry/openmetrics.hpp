#pragma once

#include <string>
#include <vector>

#include <prometheus/metric_family.h>

namespace prelabel::telemetry {

/// OpenMetrics 1.0 text. Source: the OpenMetrics specification, "Text format".
[[nodiscard]] std::string to_openmetrics(const std::vector<prometheus::MetricFamily>& families);

}  // namespace prelabel::telemetry
