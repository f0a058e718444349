#include "telemetry/metric_table.hpp"
#include "telemetry/openmetrics.hpp"

#include <prelabel/telemetry/metrics.hpp>

#include <algorithm>
#include <charconv>
#include <utility>

#include <prometheus/text_serializer.h>

namespace prelabel::telemetry {
namespace {

std::string_view trimmed(std::string_view text) {
    const auto first = text.find_first_not_of(" \t");
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

/// The media range's weight: its q parameter, 1 without one.
double weight(std::string_view range) {
    const auto at = range.find("q=");
    if (at == std::string_view::npos || at == 0 || (range[at - 1] != ';' && range[at - 1] != ' ')) return 1;
    double q = 0;
    const auto [end, error] = std::from_chars(range.data() + at + 2, range.data() + range.size(), q);
    return error == std::errc{} ? q : 0;
}

/// The names of its labels; of a single one also the values that every worker has.
std::string labels_and_values(const Series& series) {
    std::string text;
    for (const auto& name : series.label_names()) text += (text.empty() ? "`" : ", `") + name + "`";
    if (series.label_names().size() != 1) return text;
    const char* separator = ": ";
    for (const auto& sample : series.samples()) text += std::exchange(separator, ", ") + sample.label.front().value;
    return text;
}

}  // namespace

Exposition exposition_for(std::string_view accept) {
    double openmetrics = 0;
    double text = 0;
    while (!accept.empty()) {
        const auto comma = accept.find(',');
        const auto range = trimmed(accept.substr(0, comma));
        const auto type = trimmed(range.substr(0, range.find(';')));
        if (type == "application/openmetrics-text") openmetrics = std::max(openmetrics, weight(range));
        if (type == "text/plain" || type == "text/*" || type == "*/*") text = std::max(text, weight(range));
        accept.remove_prefix(comma == std::string_view::npos ? accept.size() : comma + 1);
    }
    return openmetrics > 0 && openmetrics >= text ? Exposition::openmetrics : Exposition::text;
}

std::string_view content_type(Exposition exposition) {
    return exposition == Exposition::openmetrics ? "application/openmetrics-text; version=1.0.0; charset=utf-8"
                                                 : "text/plain; version=0.0.4; charset=utf-8";
}

std::string render_metrics(const Snapshot& snapshot, Exposition exposition) {
    std::vector<prometheus::MetricFamily> families;
    for (const auto& metric : metric_table(snapshot)) {
        const auto& samples = metric.series.samples();
        if (!samples.empty()) families.push_back({metric.name, metric.help, metric.type, samples});
    }
    return exposition == Exposition::openmetrics ? to_openmetrics(families)
                                                 : prometheus::TextSerializer().Serialize(families);
}

std::string metrics_markdown() {
    std::string text = R"(# Metrics

<!-- Generated from the table of metrics. Do not edit: run the tests with PRELABEL_UPDATE=1. -->

`GET /metrics` on the admin port answers in the Prometheus text format, or in OpenMetrics 1.0 to those who accept it. No label
holds an id: their values come from fixed lists, from the task's labels and from the assigned partitions. Histograms have the
bounds 1 ms · 2ⁱ up to 524 s, `prelabel_document_age_seconds` those that people promise: 1, 5, 15 s; 1, 2, 5, 10, 15, 30 min; 1, 4,
8 h; 1, 3, 7 d. The labels of `prelabel_build_info` hold for all metrics of the same `job` and `instance`:
`… * on (job, instance) group_left (group, task) prelabel_build_info` adds them.

| metric | type | labels | meaning |
|---|---|---|---|
)";
    const pipeline::Stats pipeline;
    const http::Stats http;
    const kafka::SourceStats source;
    const kafka::SinkStats sink;
    const journal::Stats journal;
    Snapshot every_part;
    every_part.pipeline = &pipeline;
    every_part.http = &http;
    every_part.source = &source;
    every_part.sink = &sink;
    every_part.journal = &journal;
    for (const auto& metric : metric_table(every_part)) {
        text += "| `" + metric.name + "` | " + std::string(type_name(metric.type)) + " | " +
                labels_and_values(metric.series) + " | " + metric.help + " |\n";
    }
    return text;
}

}  // namespace prelabel::telemetry
