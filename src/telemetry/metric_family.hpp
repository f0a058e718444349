#pragma once

#include <prelabel/base/enum_array.hpp>
#include <prelabel/base/enum_names.hpp>
#include <prelabel/base/histogram.hpp>

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <prometheus/metric_family.h>

namespace prelabel::telemetry {

/// The numbers of one metric: the names of its labels, and a number for each set of their values.
/// A number that is not known has no line.
class Series {
public:
    explicit Series(std::vector<std::string> label_names = {}) : label_names_(std::move(label_names)) {}

    void add(std::vector<std::string> label_values, std::optional<double> number);
    template <class Bounds>
    void add(const BasicHistogram<Bounds>& histogram) {
        prometheus::ClientMetric sample;
        sample.histogram.sample_count = histogram.count();
        sample.histogram.sample_sum = histogram.sum();
        std::uint64_t cumulative = 0;
        for (std::size_t i = 0; i <= Bounds::count; ++i) {
            cumulative += histogram.counts()[i];
            const double bound = i < Bounds::count ? Bounds::at(i) : std::numeric_limits<double>::infinity();
            sample.histogram.bucket.push_back({cumulative, bound});
        }
        samples_.push_back(std::move(sample));
    }

    [[nodiscard]] const std::vector<std::string>& label_names() const { return label_names_; }
    [[nodiscard]] const std::vector<prometheus::ClientMetric>& samples() const { return samples_; }

private:
    std::vector<std::string> label_names_;
    std::vector<prometheus::ClientMetric> samples_;
};

/// One number for each value of a label.
[[nodiscard]] Series by(std::string label, const std::vector<std::pair<std::string, std::optional<double>>>& numbers);

/// One number for each enumerator.
template <class E, class Number>
[[nodiscard]] Series by(std::string label, const EnumArray<E, Number>& numbers) {
    Series series({std::move(label)});
    for (const auto one : enum_values<E>) series.add({std::string(to_string(one))}, static_cast<double>(numbers[one]));
    return series;
}

/// One metric: its name, what it means, and its numbers.
struct MetricFamily {
    std::string name;  ///< in full; a counter's ends in _total, a unit stands before that
    prometheus::MetricType type;
    std::string help;
    Series series;
};

/// Metrics in the order of their rows.
class MetricFamilies {
public:
    void counter(const char* name, const char* help, std::optional<double> number);
    void counter(const char* name, const char* help, Series series);
    void gauge(const char* name, const char* help, std::optional<double> number);
    void gauge(const char* name, const char* help, Series series);
    template <class Bounds>
    void histogram(const char* name, const char* help, const BasicHistogram<Bounds>& histogram) {
        Series series;
        series.add(histogram);
        all_.push_back({name, prometheus::MetricType::Histogram, help, std::move(series)});
    }

    [[nodiscard]] auto begin() const { return all_.begin(); }
    [[nodiscard]] auto end() const { return all_.end(); }

private:
    std::vector<MetricFamily> all_;
};

/// The word for it in both text formats.
[[nodiscard]] std::string_view type_name(prometheus::MetricType type);

}  // namespace prelabel::telemetry
