#include "telemetry/openmetrics.hpp"

#include "scrape.hpp"
#include "telemetry/metric_family.hpp"

#include <limits>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace prelabel::telemetry {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;

std::string text_of(const MetricFamilies& metrics) {
    std::vector<prometheus::MetricFamily> families;
    for (const auto& metric : metrics)
        families.push_back({metric.name, metric.help, metric.type, metric.series.samples()});
    return to_openmetrics(families);
}

std::string gauge_of(double number) {
    MetricFamilies metrics;
    metrics.gauge("prelabel_g", "G.", number);
    const auto text = text_of(metrics);
    const auto at = text.find("\nprelabel_g ") + 12;
    return text.substr(at, text.find('\n', at) - at);
}

TEST(OpenMetrics, EndAlsoWhenThereIsNothing) { EXPECT_EQ(text_of({}), "# EOF\n"); }

TEST(OpenMetrics, NameACounterWithoutItsSuffixAndItsSamplesWithIt) {
    MetricFamilies metrics;
    metrics.counter("prelabel_calls_total", "Calls.", by("reply", {{"ok", 2}, {"throttled", 1}}));
    EXPECT_EQ(text_of(metrics),
              "# TYPE prelabel_calls counter\n"
              "# HELP prelabel_calls Calls.\n"
              "prelabel_calls_total{reply=\"ok\"} 2\n"
              "prelabel_calls_total{reply=\"throttled\"} 1\n"
              "# EOF\n");
}

TEST(OpenMetrics, SayTheUnitThatEndsTheName) {
    MetricFamilies metrics;
    metrics.counter("prelabel_wait_seconds_total", "Waits.", 1);
    metrics.gauge("prelabel_memory_bytes", "Memory.", 1);
    metrics.gauge("prelabel_used_ratio", "Used.", 1);
    metrics.gauge("prelabel_bytes_in_flight", "Not at the end.", 1);
    metrics.gauge("prelabel_kilobytes", "Another word.", 1);
    const auto text = text_of(metrics);
    EXPECT_THAT(text, HasSubstr("# UNIT prelabel_wait_seconds seconds\n"));
    EXPECT_THAT(text, HasSubstr("# UNIT prelabel_memory_bytes bytes\n"));
    EXPECT_THAT(text, HasSubstr("# UNIT prelabel_used_ratio ratio\n"));
    const Scrape read(text, Exposition::openmetrics);
    EXPECT_EQ(read.families().at(3).unit, "");
    EXPECT_EQ(read.families().at(4).unit, "");
}

TEST(OpenMetrics, WriteNumbersSoThatNothingIsLost) {
    EXPECT_EQ(gauge_of(0), "0");
    EXPECT_EQ(gauge_of(-1.5), "-1.5");
    EXPECT_EQ(gauge_of(0.1), "0.1");
    EXPECT_EQ(gauge_of(1.0 / 3), "0.3333333333333333");
    EXPECT_EQ(gauge_of(9'007'199'254'740'991), "9007199254740991");
    EXPECT_EQ(gauge_of(std::numeric_limits<double>::infinity()), "+Inf");
    EXPECT_EQ(gauge_of(-std::numeric_limits<double>::infinity()), "-Inf");
    EXPECT_EQ(gauge_of(std::numeric_limits<double>::quiet_NaN()), "NaN");
    for (const double number : {1e-300, 1e-9, 123'456'789'012.0, 1e22, 1.7976931348623157e308})
        EXPECT_EQ(std::stod(gauge_of(number)), number);
}

TEST(OpenMetrics, WriteBoundsAsFloats) {
    Histogram histogram;
    histogram.observe(3s);
    MetricFamilies metrics;
    metrics.histogram("prelabel_d_seconds", "D.", histogram);
    const auto text = text_of(metrics);
    EXPECT_THAT(text, HasSubstr("prelabel_d_seconds_bucket{le=\"0.001\"} 0\n"));
    EXPECT_THAT(text, HasSubstr("prelabel_d_seconds_bucket{le=\"2.048\"} 0\n"));
    EXPECT_THAT(text, HasSubstr("prelabel_d_seconds_bucket{le=\"4.096\"} 1\n"));
    EXPECT_THAT(text, HasSubstr("prelabel_d_seconds_bucket{le=\"+Inf\"} 1\n"
                                "prelabel_d_seconds_count 1\n"
                                "prelabel_d_seconds_sum 3\n"));
    const prometheus::MetricFamily whole{
        "prelabel_w", "W.", prometheus::MetricType::Histogram, {{{}, {}, {}, {}, {0, 0, {{0, 1.0}}}, {}}}};
    EXPECT_THAT(to_openmetrics({whole}), HasSubstr("le=\"1.0\"")) << "a whole number is still a float";
}

TEST(OpenMetrics, EscapeLabelsAndHelp) {
    MetricFamilies metrics;
    metrics.gauge("prelabel_g", "A \"quoted\" \\ help\nof two lines.", by("label", {{"a\"b\\c\nd \xC3\xA9", 1}}));
    const auto text = text_of(metrics);
    EXPECT_THAT(text, HasSubstr("# HELP prelabel_g A \\\"quoted\\\" \\\\ help\\nof two lines.\n"));
    EXPECT_THAT(text, HasSubstr("prelabel_g{label=\"a\\\"b\\\\c\\nd \xC3\xA9\"} 1\n"));
    const Scrape read(text, Exposition::openmetrics);
    EXPECT_EQ(read.families().at(0).lines.at(0).labels.at(0).second, "a\"b\\c\nd \xC3\xA9");
}

}  // namespace
}  // namespace prelabel::telemetry
