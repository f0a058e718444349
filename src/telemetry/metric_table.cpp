#include "telemetry/metric_table.hpp"

#include <prelabel/base/expects.hpp>

#include <limits>
#include <utility>

namespace prelabel::telemetry {

void Samples::add(double value, std::vector<std::string> labels) {
    expects(labels.size() == names_.size(), "a sample has a value for each label of its metric");
    prometheus::ClientMetric metric;
    for (std::size_t i = 0; i < labels.size(); ++i) metric.label.push_back({names_[i], std::move(labels[i])});
    metrics_.push_back(std::move(metric));
    values_.push_back(value);
}

void Samples::add(const Histogram& histogram) {
    prometheus::ClientMetric metric;
    metric.histogram.sample_count = histogram.count();
    metric.histogram.sample_sum = histogram.sum();
    std::uint64_t cumulative = 0;
    for (std::size_t i = 0; i <= Histogram::bounds_count; ++i) {
        cumulative += histogram.counts()[i];
        const double bound =
            i < Histogram::bounds_count ? Histogram::bound(i) : std::numeric_limits<double>::infinity();
        metric.histogram.bucket.push_back({cumulative, bound});
    }
    metrics_.push_back(std::move(metric));
    values_.push_back(0);
}

std::vector<prometheus::ClientMetric> Samples::take(prometheus::MetricType type) && {
    for (std::size_t i = 0; i < metrics_.size(); ++i) {
        if (type == prometheus::MetricType::Counter) metrics_[i].counter.value = values_[i];
        if (type == prometheus::MetricType::Gauge) metrics_[i].gauge.value = values_[i];
    }
    return std::move(metrics_);
}

const std::vector<Metric>& metric_table() {
    static const std::vector<Metric> table = [] {
        auto all = pipeline_metrics();
        auto rest = transport_metrics();
        all.insert(all.end(), std::move_iterator(rest.begin()), std::move_iterator(rest.end()));
        return all;
    }();
    return table;
}

std::string_view unit_of(std::string_view name) {
    if (name.ends_with("_total")) name.remove_suffix(std::string_view("_total").size());
    for (const std::string_view unit : {"seconds", "bytes", "ratio"}) {
        if (name.ends_with(unit) && name[name.size() - unit.size() - 1] == '_') return unit;
    }
    return {};
}

}  // namespace prelabel::telemetry
