#pragma once

#include <prelabel/base/histogram.hpp>
#include <prelabel/telemetry/snapshot.hpp>

#include <string>
#include <string_view>
#include <vector>

#include <prometheus/metric_family.h>

namespace prelabel::telemetry {

/// Collects the values of one metric.
class Samples {
public:
    explicit Samples(std::vector<std::string> label_names) : names_(std::move(label_names)) {}

    /// A counter's or gauge's value; as many labels as the metric has names.
    void add(double value, std::vector<std::string> labels = {});
    void add(std::uint64_t value, std::vector<std::string> labels = {}) {
        add(static_cast<double>(value), std::move(labels));
    }
    void add(const Histogram& histogram);

    [[nodiscard]] std::vector<prometheus::ClientMetric> take(prometheus::MetricType type) &&;

private:
    std::vector<std::string> names_;
    std::vector<prometheus::ClientMetric> metrics_;
    std::vector<double> values_;
};

/// One metric: its name, what it means, and where its numbers come from.
struct Metric {
    const char* name;  ///< in full; a counter's ends in _total, a unit stands before that
    prometheus::MetricType type;
    const char* help;
    std::vector<std::string> labels;
    void (*collect)(const Snapshot&, Samples&);
};

/// Every metric, in the order of the documentation. Label sets are bounded by enums, the task's labels and the
/// assignment.
[[nodiscard]] const std::vector<Metric>& metric_table();
[[nodiscard]] std::vector<Metric> pipeline_metrics();
[[nodiscard]] std::vector<Metric> transport_metrics();

/// "seconds", "bytes" or nothing: what the name says.
[[nodiscard]] std::string_view unit_of(std::string_view name);

/// OpenMetrics 1.0 text. Source: the OpenMetrics specification, "Text format".
[[nodiscard]] std::string to_openmetrics(const std::vector<prometheus::MetricFamily>& families);

}  // namespace prelabel::telemetry
