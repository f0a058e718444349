#include "telemetry/metric_family.hpp"

#include <cmath>
#include <limits>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace prelabel::telemetry {
namespace {

using namespace std::chrono_literals;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

enum class Colour { red, green };
constexpr auto enum_names(Colour) {
    return std::to_array<EnumName<Colour>>({{Colour::red, "red"}, {Colour::green, "green"}});
}

/// Label values of each sample, and its number.
std::vector<std::pair<std::vector<std::string>, double>> listed(const Series& series) {
    std::vector<std::pair<std::vector<std::string>, double>> all;
    for (const auto& sample : series.samples()) {
        all.emplace_back(std::vector<std::string>{}, sample.gauge.value);
        EXPECT_EQ(sample.counter.value, sample.gauge.value);
        for (const auto& label : sample.label) all.back().first.push_back(label.value);
    }
    return all;
}

std::vector<std::uint64_t> cumulative_counts(const Histogram& histogram) {
    Series series;
    series.add(histogram);
    std::vector<std::uint64_t> counts;
    for (const auto& bucket : series.samples().at(0).histogram.bucket) counts.push_back(bucket.cumulative_count);
    return counts;
}

TEST(Series, HasANumberForEachEnumerator) {
    EnumArray<Colour, std::uint64_t> counts;
    counts[Colour::green] = 5;
    const auto series = by("colour", counts);
    EXPECT_THAT(series.label_names(), ElementsAre("colour"));
    EXPECT_THAT(listed(series), ElementsAre(std::pair(std::vector<std::string>{"red"}, 0.0),
                                            std::pair(std::vector<std::string>{"green"}, 5.0)));
}

TEST(Series, LeavesOutANumberThatIsNotKnown) {
    const auto series = by("state", {{"busy", 3}, {"idle", std::nullopt}, {"closed", 0}});
    EXPECT_THAT(listed(series), ElementsAre(std::pair(std::vector<std::string>{"busy"}, 3.0),
                                            std::pair(std::vector<std::string>{"closed"}, 0.0)));
    Series alone;
    alone.add({}, std::nullopt);
    EXPECT_THAT(alone.samples(), IsEmpty());
    EXPECT_THAT(by("none", std::vector<std::pair<std::string, std::optional<double>>>{}).samples(), IsEmpty());
}

TEST(Series, KeepsItsLabelNamesWithoutANumber) {
    const Series series({"topic", "partition"});
    EXPECT_THAT(series.samples(), IsEmpty());
    EXPECT_THAT(series.label_names(), ElementsAre("topic", "partition")) << "the documentation lists them";
}

TEST(Series, TakesAValueForEachLabel) {
    Series series({"topic", "partition"});
    series.add({"raw", "0"}, 1);
    const auto& labels = series.samples().at(0).label;
    ASSERT_THAT(labels, SizeIs(2));
    EXPECT_EQ(labels[0].name + "=" + labels[0].value, "topic=raw");
    EXPECT_EQ(labels[1].name + "=" + labels[1].value, "partition=0");
    EXPECT_DEATH(series.add({"raw"}, 1), "a value for each label");
    EXPECT_DEATH(series.add({"raw", "0", "leader"}, std::nullopt), "a value for each label");
}

TEST(Series, OfAHistogramAccumulates) {
    EXPECT_THAT(cumulative_counts({}), Each(0U));
    Histogram histogram;
    histogram.observe(0s);
    histogram.observe(1ms);
    histogram.observe(1'001us);
    histogram.observe(3ms);
    histogram.observe(2h);
    const auto counts = cumulative_counts(histogram);
    ASSERT_THAT(counts, SizeIs(Histogram::bounds_count + 1));
    EXPECT_EQ(counts[0], 2U) << "a bound belongs to its bucket";
    EXPECT_EQ(counts[1], 3U);
    for (std::size_t i = 2; i < Histogram::bounds_count; ++i) EXPECT_EQ(counts[i], 4U) << i;
    EXPECT_EQ(counts.back(), 5U);
}

TEST(Series, OfAHistogramEndsInInfinityAndAgreesWithItsCount) {
    Histogram histogram;
    for (int i = 0; i < 1'000; ++i) histogram.observe(std::chrono::microseconds(i * i * 700));
    Series series;
    series.add(histogram);
    const auto& shown = series.samples().at(0).histogram;
    EXPECT_TRUE(std::isinf(shown.bucket.back().upper_bound));
    EXPECT_EQ(shown.bucket.back().cumulative_count, shown.sample_count);
    EXPECT_EQ(shown.sample_count, 1'000U);
    EXPECT_NEAR(shown.sample_sum, 332'833'500 * 700e-6, 1e-3);
    for (std::size_t i = 1; i < shown.bucket.size(); ++i) {
        EXPECT_GT(shown.bucket[i].upper_bound, shown.bucket[i - 1].upper_bound);
        EXPECT_GE(shown.bucket[i].cumulative_count, shown.bucket[i - 1].cumulative_count);
    }
}

TEST(MetricFamilies, KeepTheOrderAndTypeOfTheirRows) {
    MetricFamilies families;
    families.gauge("b", "Second letter.", 1);
    families.counter("a_total", "First letter.", by("colour", EnumArray<Colour, double>{}));
    families.histogram("c_seconds", "Third letter.", Histogram());
    families.gauge("d", "Not known.", std::nullopt);
    std::vector<std::string> rows;
    for (const auto& family : families)
        rows.push_back(family.name + " " + std::string(type_name(family.type)) + " " + family.help + " " +
                       std::to_string(family.series.samples().size()));
    EXPECT_THAT(rows, ElementsAre("b gauge Second letter. 1", "a_total counter First letter. 2",
                                  "c_seconds histogram Third letter. 1", "d gauge Not known. 0"));
}

}  // namespace
}  // namespace prelabel::telemetry
