#include "telemetry/metric_family.hpp"

#include <prelabel/base/expects.hpp>

namespace prelabel::telemetry {
namespace {

using prometheus::MetricType;

Series alone(std::optional<double> number) {
    Series series;
    series.add({}, number);
    return series;
}

}  // namespace

void Series::add(std::vector<std::string> label_values, std::optional<double> number) {
    expects(label_values.size() == label_names_.size(), "a number has a value for each label of its metric");
    if (!number) return;
    prometheus::ClientMetric sample;
    for (std::size_t i = 0; i < label_values.size(); ++i)
        sample.label.push_back({label_names_[i], std::move(label_values[i])});
    sample.counter.value = *number;  // the metric's type says which of them is read
    sample.gauge.value = *number;
    samples_.push_back(std::move(sample));
}

Series by(std::string label, const std::vector<std::pair<std::string, std::optional<double>>>& numbers) {
    Series series({std::move(label)});
    for (const auto& [value, number] : numbers) series.add({value}, number);
    return series;
}

void MetricFamilies::counter(const char* name, const char* help, std::optional<double> number) {
    counter(name, help, alone(number));
}

void MetricFamilies::counter(const char* name, const char* help, Series series) {
    all_.push_back({name, MetricType::Counter, help, std::move(series)});
}

void MetricFamilies::gauge(const char* name, const char* help, std::optional<double> number) {
    gauge(name, help, alone(number));
}

void MetricFamilies::gauge(const char* name, const char* help, Series series) {
    all_.push_back({name, MetricType::Gauge, help, std::move(series)});
}

std::string_view type_name(MetricType type) {
    switch (type) {
        case MetricType::Counter:
            return "counter";
        case MetricType::Histogram:
            return "histogram";
        default:
            return "gauge";
    }
}

}  // namespace prelabel::telemetry
