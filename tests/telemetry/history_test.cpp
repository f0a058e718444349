#include "snapshot.hpp"

#include <prelabel/telemetry/history.hpp>

#include <cmath>
#include <optional>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidjson/document.h>

namespace prelabel::telemetry {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::Eq;

using Values = std::vector<std::optional<double>>;
using Labels = std::vector<std::pair<std::string, std::string>>;

/// A worker whose history is looked at.
class HistoryTest : public ::testing::Test {
protected:
    void at(Duration since_start) { history.sample(TimePoint(since_start), worker.snapshot()); }

    rapidjson::Document json() const {
        rapidjson::Document parsed;
        parsed.Parse<rapidjson::kParseValidateEncodingFlag>(history.json().c_str());
        EXPECT_FALSE(parsed.HasParseError()) << history.json();
        return parsed;
    }

    /// The values of one series; none where there is no such series.
    std::optional<Values> values(const std::string& metric, const Labels& labels, const char* which) const {
        const auto all = json();
        for (const auto& series : all["series"].GetArray()) {
            bool same = series["metric"].GetString() == metric && series["labels"].MemberCount() == labels.size();
            for (const auto& [name, value] : labels)
                same = same && series["labels"].HasMember(name.c_str()) &&
                       series["labels"][name.c_str()].GetString() == value;
            if (!same) continue;
            Values found;
            for (const auto& value : series[which].GetArray())
                found.push_back(value.IsNull() ? std::nullopt : std::optional(value.GetDouble()));
            return found;
        }
        return std::nullopt;
    }
    Values complete() const {
        return values("prelabel_documents_total", {{"outcome", "complete"}}, "per_second").value();
    }

    BusyWorker worker;
    History history;
};

TEST_F(HistoryTest, KeepsTheGrowthOfACounterPerSecond) {
    at(0s);
    worker.pipeline.documents_complete += 10;
    at(5s);
    at(10s);
    worker.pipeline.documents_complete += 1;
    at(16s);
    EXPECT_THAT(complete(),
                ElementsAre(Eq(std::nullopt), 2.0, 0.0, ::testing::Optional(::testing::DoubleNear(1 / 6.0, 1e-4))))
        << "by the time that has passed, not by the step";
}

TEST_F(HistoryTest, KeepsOneSampleAStep) {
    for (int ms = 0; ms <= 20'000; ms += 100) at(std::chrono::milliseconds(ms));
    EXPECT_EQ(complete().size(), 5U);
    EXPECT_FALSE(history.due(TimePoint(24'900ms)));
    EXPECT_TRUE(history.due(TimePoint(25s)));
}

TEST_F(HistoryTest, KeepsGaugesAsTheyAreAndPercentilesOfWhatIsNew) {
    worker.pipeline.call_seconds.observe(10s);
    at(0s);
    worker.pipeline.documents_in_flight = 9;
    for (int i = 0; i < 100; ++i) worker.pipeline.call_seconds.observe(3ms);
    at(5s);
    at(10s);
    EXPECT_THAT(values("prelabel_documents_in_flight", {}, "values").value(), ElementsAre(7.0, 9.0, 9.0));
    const auto p50 = values("prelabel_call_duration_seconds", {}, "p50").value();
    EXPECT_THAT(p50, ElementsAre(Eq(std::nullopt), 0.003, Eq(std::nullopt))) << "no call ended in the last step";
    EXPECT_THAT(values("prelabel_call_duration_seconds", {}, "p99").value()[1],
                ::testing::Optional(::testing::DoubleNear(0.00398, 1e-6)));
}

TEST_F(HistoryTest, LeavesAGapWhereNobodySampled) {
    at(0s);
    at(5s);
    worker.pipeline.documents_complete += 30;
    at(20s);
    EXPECT_THAT(complete(), ElementsAre(Eq(std::nullopt), 0.0, Eq(std::nullopt), Eq(std::nullopt), 2.0));
}

TEST_F(HistoryTest, HasFifteenMinutesAndNoMore) {
    for (int step = 0; step <= 400; ++step) {
        worker.pipeline.documents_complete += static_cast<std::uint64_t>(step);
        at(5s * step);
    }
    const auto last = complete();
    ASSERT_EQ(last.size(), History::steps_max);
    EXPECT_EQ(last.front(), 221 / 5.0);
    EXPECT_EQ(last.back(), 400 / 5.0);
    at(5s * 400 + 24h);
    EXPECT_EQ(complete().size(), History::steps_max);
    EXPECT_EQ(complete().front(), std::nullopt) << "a day without samples";
}

TEST_F(HistoryTest, CountsACounterFromZeroThatWasNotThereBefore) {
    history.sample(TimePoint(0s), Snapshot{});
    at(5s);
    EXPECT_THAT(complete(), ElementsAre(Eq(std::nullopt), 8.0)) << "forty documents since the worker is there";
}

TEST_F(HistoryTest, SumsMatchesByLabelAndLagOverPartitions) {
    worker.source.partitions[1].lag = 5;
    at(0s);
    worker.pipeline.entities["PER"][labeling::Match::fuzzy] += 5;
    worker.pipeline.entities["PER"][labeling::Match::exact] += 5;
    at(5s);
    EXPECT_EQ(values("prelabel_entities_total", {{"label", "PER"}}, "per_second").value().back(), 2.0);
    EXPECT_EQ(values("prelabel_consumer_lag_records", {}, "values").value().back(), 20.0);
    EXPECT_EQ(values("prelabel_consumer_lag_records", {{"topic", "raw"}, {"partition", "1"}}, "values").value().back(),
              5.0);
}

TEST_F(HistoryTest, ForgetsAPartitionThatIsGoneForFifteenMinutes) {
    at(0s);
    worker.source.partitions.clear();
    for (int step = 1; step < 180; ++step) at(5s * step);
    const Labels gone{{"topic", "raw"}, {"partition", "0"}};
    ASSERT_TRUE(values("prelabel_consumer_lag_records", gone, "values"));
    EXPECT_EQ(values("prelabel_consumer_lag_records", gone, "values")->front(), 15.0);
    EXPECT_EQ(values("prelabel_consumer_lag_records", gone, "values")->back(), std::nullopt);
    at(5s * 180);
    EXPECT_FALSE(values("prelabel_consumer_lag_records", gone, "values"));
}

TEST_F(HistoryTest, HasABoundWhateverATaskAndATopicHave) {
    for (int i = 0; i < 300; ++i) {
        worker.pipeline.entities["label-" + std::to_string(i)];
        worker.source.partitions.push_back({{"raw", i + 2}, {}, {}, {}, {}, 1});
    }
    at(0s);
    for (int step = 20; step < 200; step += 4) at(5s * step);
    const auto all = json();
    EXPECT_EQ(all["series"].Size(), History::series_max);
    EXPECT_GT(all["left_out"].GetUint64(), 400U);
    EXPECT_LT(history.json().size(), 512U << 10);
    EXPECT_TRUE(values("prelabel_consumer_lag_records", {}, "values")) << "those that are always there come first";
}

TEST_F(HistoryTest, DrawsNoGrowthOfACounterThatWasLeftOut) {
    for (int i = 0; i < 300; ++i) worker.source.partitions.push_back({{"raw", i + 2}, {}, {}, {}, {}, 1});
    at(0s);
    worker.pipeline.entities["late"][labeling::Match::exact] = 1'000;
    at(5s);
    const Labels late{{"label", "late"}};
    ASSERT_FALSE(values("prelabel_entities_total", late, "per_second")) << "there is no room";
    worker.source.partitions.clear();
    at(5s + 15min);
    worker.pipeline.entities["late"][labeling::Match::exact] += 10;
    at(10s + 15min);
    const auto drawn = values("prelabel_entities_total", late, "per_second").value();
    EXPECT_EQ(drawn[drawn.size() - 2], std::nullopt) << "nobody knows how much of it grew just then";
    EXPECT_EQ(drawn.back(), 2.0);
    EXPECT_EQ(json()["left_out"].GetUint64(), 0U);
}

TEST_F(HistoryTest, WritesShortNumbersAndIsJsonWhateverALabelIs) {
    worker.pipeline.entities["<script>\"\n"] = {};
    at(0s);
    worker.pipeline.usage.cost_usd += 1.0 / 3;
    at(5s);
    EXPECT_EQ(values("prelabel_cost_usd_total", {}, "per_second").value().back(), 0.06667);
    EXPECT_TRUE(values("prelabel_entities_total", {{"label", "<script>\"\n"}}, "per_second"));
}

TEST(History, IsEmptyBeforeItsFirstSample) {
    EXPECT_EQ(History().json(), R"({"step_seconds":5.0,"steps":180,"left_out":0,"series":[]})");
}

}  // namespace
}  // namespace prelabel::telemetry
