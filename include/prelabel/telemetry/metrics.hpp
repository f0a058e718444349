#pragma once

#include <prelabel/telemetry/snapshot.hpp>

#include <string>
#include <string_view>

namespace prelabel::telemetry {

/// `text`: Prometheus text format 0.0.4. `openmetrics`: OpenMetrics 1.0.
enum class Exposition { text, openmetrics };

/// The format that a scraper's Accept header asks for; `text` if it does not accept OpenMetrics.
[[nodiscard]] Exposition exposition_for(std::string_view accept);
[[nodiscard]] std::string_view content_type(Exposition exposition);

/// The present values of all metrics. Cost: some hundred lines; call it on the loop that writes the numbers.
[[nodiscard]] std::string render_metrics(const Snapshot& snapshot, Exposition exposition);

/// docs/metrics.md, from the table of metrics.
[[nodiscard]] std::string metrics_markdown();

}  // namespace prelabel::telemetry
