#include "telemetry/openmetrics.hpp"

#include "telemetry/metric_family.hpp"

#include <array>
#include <charconv>
#include <cmath>

namespace prelabel::telemetry {
namespace {

using prometheus::ClientMetric;
using prometheus::MetricType;

/// A number; `canonical`: a bucket's bound, which must look like a float ("1.0").
std::string number(double value, bool canonical = false) {
    if (std::isnan(value)) return "NaN";
    if (std::isinf(value)) return value > 0 ? "+Inf" : "-Inf";
    std::array<char, 32> buffer{};
    const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value).ptr;
    std::string text(buffer.data(), end);
    if (canonical && text.find_first_of(".e") == std::string::npos) text += ".0";
    return text;
}

std::string escaped(std::string_view text) {
    std::string out;
    for (const char c : text) {
        if (c == '\n') {
            out += "\\n";
            continue;
        }
        if (c == '\\' || c == '"') out += '\\';
        out += c;
    }
    return out;
}

void line(std::string& out, std::string_view name, const std::vector<ClientMetric::Label>& labels,
          const std::string& value, const std::string& bound = {}) {
    out += name;
    std::string inside;
    for (const auto& label : labels)
        inside += (inside.empty() ? "" : ",") + label.name + "=\"" + escaped(label.value) + "\"";
    if (!bound.empty()) inside += (inside.empty() ? "le=\"" : ",le=\"") + bound + "\"";
    if (!inside.empty()) out += "{" + inside + "}";
    out += " " + value + "\n";
}

void histogram(std::string& out, const std::string& name, const ClientMetric& metric) {
    for (const auto& bucket : metric.histogram.bucket)
        line(out, name + "_bucket", metric.label, std::to_string(bucket.cumulative_count),
             number(bucket.upper_bound, true));
    line(out, name + "_count", metric.label, std::to_string(metric.histogram.sample_count));
    line(out, name + "_sum", metric.label, number(metric.histogram.sample_sum));
}

/// The unit that the name of a family says, or nothing.
std::string_view unit_of(std::string_view name) {
    for (const std::string_view unit : {"_seconds", "_bytes", "_ratio"}) {
        if (name.ends_with(unit)) return unit.substr(1);
    }
    return {};
}

}  // namespace

std::string to_openmetrics(const std::vector<prometheus::MetricFamily>& families) {
    std::string out;
    for (const auto& family : families) {
        std::string name = family.name;  // a counter's family has no _total, its samples have
        if (family.type == MetricType::Counter) name.resize(name.size() - std::string_view("_total").size());
        out += "# TYPE " + name + " " + std::string(type_name(family.type)) + "\n";
        if (const auto unit = unit_of(name); !unit.empty()) out += "# UNIT " + name + " " + std::string(unit) + "\n";
        out += "# HELP " + name + " " + escaped(family.help) + "\n";
        for (const auto& metric : family.metric) {
            switch (family.type) {
                case MetricType::Counter:
                    line(out, family.name, metric.label, number(metric.counter.value));
                    break;
                case MetricType::Histogram:
                    histogram(out, name, metric);
                    break;
                default:
                    line(out, name, metric.label, number(metric.gauge.value));
            }
        }
    }
    return out + "# EOF\n";
}

}  // namespace prelabel::telemetry
