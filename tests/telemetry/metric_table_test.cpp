// Long: a test for each part of the table of metrics.
#include "scrape.hpp"
#include "snapshot.hpp"

#include <prelabel/base/enum_names.hpp>

#include <set>
#include <string>
#include <utility>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace prelabel::telemetry {
namespace {

using namespace std::chrono_literals;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::IsSupersetOf;
using ::testing::Key;
using ::testing::Not;
using ::testing::Pair;
using ::testing::SizeIs;
using ::testing::UnorderedElementsAre;

using Numbers = std::map<std::string, double>;

/// A worker that has done nothing yet, whose numbers the tests move one by one.
class MetricTable : public ::testing::Test {
protected:
    MetricTable() {
        pipeline.entities["PER"];
        snapshot.pipeline = &pipeline;
        snapshot.http = &http;
        snapshot.source = &source;
        snapshot.sink = &sink;
        snapshot.journal = &journal;
    }

    Numbers shown() const { return scrape(snapshot).series(); }

    /// What the page shows otherwise while `place` is `value`.
    template <class Number>
    Numbers moved_by(Number& place, Number value) {
        const Numbers before = shown();
        std::swap(place, value);
        Numbers moved;
        for (const auto& [series, number] : shown()) {
            const auto same = before.find(series);
            if (same == before.end() || same->second != number) moved.emplace(series, number);
        }
        std::swap(place, value);
        return moved;
    }

    /// `place` is shown as `series`, and nowhere else.
    template <class Number>
    void is_shown_as(Number& place, const std::string& series) {
        EXPECT_THAT(moved_by(place, static_cast<Number>(7)), ElementsAre(Pair(series, 7))) << series;
    }

    /// Each enumerator's number is shown with its name for the label.
    template <class E, class Number>
    void are_shown_as(EnumArray<E, Number>& places, const std::string& name, const std::string& label) {
        for (const auto one : enum_values<E>) {
            const auto series = name + "{" + label + "=\"" + std::string(to_string(one)) + "\"}";
            EXPECT_THAT(shown(), Contains(Pair(series, 0))) << "before its first event";
            EXPECT_THAT(moved_by(places[one], Number{7}), Contains(Pair(series, 7)));
        }
    }

    pipeline::Stats pipeline;
    http::Stats http;
    kafka::SourceStats source;
    kafka::SinkStats sink;
    journal::Stats journal;
    Snapshot snapshot;
};

TEST_F(MetricTable, ShowsEachNumberOfDocumentsInASeriesOfItsOwn) {
    is_shown_as(pipeline.documents_complete, "documents_total{outcome=\"complete\"}");
    is_shown_as(pipeline.documents_partial, "documents_total{outcome=\"partial\"}");
    is_shown_as(pipeline.documents_abandoned, "documents_total{outcome=\"abandoned\"}");
    is_shown_as(pipeline.documents_skipped, "documents_skipped_total");
    is_shown_as(pipeline.texts_dropped, "texts_dropped_total");
    is_shown_as(pipeline.tombstones, "tombstones_total");
    is_shown_as(pipeline.records_lost, "records_lost_total");
    is_shown_as(pipeline.documents_in_flight, "documents_in_flight");
    is_shown_as(pipeline.documents_in_flight_max, "documents_in_flight_limit");
    is_shown_as(pipeline.input_bytes_in_flight, "input_in_flight_bytes");
    is_shown_as(pipeline.input_bytes_in_flight_max, "input_in_flight_limit_bytes");
    are_shown_as(pipeline.discarded, "discarded_total", "reason");
}

TEST_F(MetricTable, CountsADeadLetterByItsClassAndAmongTheDocuments) {
    are_shown_as(pipeline.dead_letters, "dead_letters_total", "class");
    for (auto& count : pipeline.dead_letters) count = 2;
    EXPECT_THAT(shown(), Contains(Pair("documents_total{outcome=\"dead_letter\"}", 2 * pipeline.dead_letters.size())));
}

TEST_F(MetricTable, ShowsEachNumberOfCallsInASeriesOfItsOwn) {
    are_shown_as(pipeline.calls, "calls_total", "reply");
    are_shown_as(pipeline.waits, "waits_total", "reason");
    are_shown_as(pipeline.wait_seconds, "wait_seconds_total", "reason");
    are_shown_as(pipeline.cache_lookups, "cache_lookups_total", "tier");
    is_shown_as(pipeline.calls_in_flight, "calls_in_flight");
    is_shown_as(pipeline.calls_in_flight_max, "calls_in_flight_limit");
    is_shown_as(pipeline.retries, "retries_total");
    is_shown_as(pipeline.reasks, "reasks_total");
    is_shown_as(pipeline.learned_requests_per_minute, "learned_requests_per_minute");
    is_shown_as(pipeline.learned_in_flight, "learned_in_flight");
    is_shown_as(pipeline.shape_refusals, "shape_refusals_total");
    is_shown_as(pipeline.answers_cut_out, R"(answers_adapted_total{how="cut_out"})");
    is_shown_as(pipeline.answers_in_other_form, R"(answers_adapted_total{how="other_form"})");
    EXPECT_THAT(moved_by(pipeline.paused, true), ElementsAre(Pair("paused", 1)));
}

TEST_F(MetricTable, ShowsEachNumberOfCommitsInASeriesOfItsOwn) {
    is_shown_as(pipeline.commits, "commits_total{result=\"done\"}");
    is_shown_as(pipeline.commit_failures, "commits_total{result=\"failed\"}");
    is_shown_as(pipeline.write_failures, "write_failures_total");
    is_shown_as(pipeline.assignments, "rebalances_total{change=\"assigned\"}");
    is_shown_as(pipeline.revocations, "rebalances_total{change=\"revoked\"}");
    is_shown_as(pipeline.partitions_assigned, "partitions_assigned");
    EXPECT_THAT(moved_by(pipeline.draining, true), ElementsAre(Pair("draining", 1)));
}

TEST_F(MetricTable, CountsAnInputTokenAsCachedOrAsFull) {
    is_shown_as(pipeline.usage.output_tokens, "tokens_total{kind=\"output\"}");
    is_shown_as(pipeline.usage.input_tokens, "tokens_total{kind=\"input\"}");
    pipeline.usage.input_tokens = 10;
    EXPECT_THAT(moved_by(pipeline.usage.cached_input_tokens, {4}),
                ElementsAre(Pair("tokens_total{kind=\"cached_input\"}", 4), Pair("tokens_total{kind=\"input\"}", 6)));
    is_shown_as(pipeline.usage.cost_usd, "cost_usd_total");
    is_shown_as(pipeline.usage.uncounted, "answers_without_usage_total");
    is_shown_as(pipeline.reserved_tokens, "reserved_tokens_total");
    is_shown_as(pipeline.malformed_usage, "malformed_usage_total");
}

TEST_F(MetricTable, HasNoCostWithoutAPrice) {
    EXPECT_THAT(shown(), Contains(Key("cost_usd_total")));
    snapshot.priced = false;
    EXPECT_THAT(shown(), Not(Contains(Key("cost_usd_total"))));
}

TEST_F(MetricTable, ShowsTheQuotaThatIsUsedAlsoWithoutALimit) {
    is_shown_as(snapshot.last_minute.added.calls, "quota_used_per_minute{quota=\"requests\"}");
    is_shown_as(snapshot.last_minute.added.tokens, "quota_used_per_minute{quota=\"tokens\"}");
    EXPECT_THAT(moved_by(snapshot.last_minute.added.documents, 7.0), IsEmpty());
    EXPECT_THAT(moved_by(snapshot.last_minute.added.cost_usd, 7.0), IsEmpty());
}

TEST_F(MetricTable, ShowsALimitAndItsShareWhereThereIsALimit) {
    for (const auto& [series, number] : shown()) {
        EXPECT_FALSE(series.starts_with("quota_limit") || series.starts_with("quota_utilisation")) << series << number;
    }
    snapshot.last_minute.added = {.calls = 30, .tokens = 5'000};
    EXPECT_THAT(moved_by(pipeline.requests_per_minute, {120}),
                UnorderedElementsAre(Pair("quota_limit_per_minute{quota=\"requests\"}", 120),
                                     Pair("quota_utilisation_ratio{quota=\"requests\"}", 0.25)));
    EXPECT_THAT(moved_by(pipeline.tokens_per_minute, {4'000}),
                UnorderedElementsAre(Pair("quota_limit_per_minute{quota=\"tokens\"}", 4'000),
                                     Pair("quota_utilisation_ratio{quota=\"tokens\"}", 1.25)))
        << "more than the limit is shown as it is";
}

TEST_F(MetricTable, ShowsEntitiesOfEveryLabelByTheirMatch) {
    pipeline.entities = {{"PER", {1, 2, 3}}, {"ORG", {4, 5, 6}}};
    EXPECT_THAT(shown(), IsSupersetOf(Numbers{{"entities_total{label=\"PER\",match=\"exact\"}", 1},
                                              {"entities_total{label=\"PER\",match=\"normalized\"}", 2},
                                              {"entities_total{label=\"PER\",match=\"fuzzy\"}", 3},
                                              {"entities_total{label=\"ORG\",match=\"exact\"}", 4},
                                              {"entities_total{label=\"ORG\",match=\"normalized\"}", 5},
                                              {"entities_total{label=\"ORG\",match=\"fuzzy\"}", 6}}));
}

TEST_F(MetricTable, ShowsEachNumberOfTheConsumerInASeriesOfItsOwn) {
    is_shown_as(source.records, "consumer_records_total");
    is_shown_as(source.bytes, "consumer_bytes_total");
    is_shown_as(source.restarts, "consumer_restarts_total");
    is_shown_as(source.lost_assignments, "consumer_lost_assignments_total");
    is_shown_as(source.errors, "consumer_errors_total");
}

TEST_F(MetricTable, ShowsOfEveryPartitionWhatTheBrokerHasTold) {
    source.partitions.resize(3);
    source.partitions[0].partition = {"raw", 0};
    source.partitions[0].committed = 0;
    source.partitions[0].lag = 25;
    source.partitions[1].partition = {"raw", 10};
    source.partitions[1].lag = 0;
    source.partitions[2].partition = {"other", 10};
    Numbers of_partitions;
    for (const auto& [series, number] : shown())
        if (series.starts_with("consumer_lag") || series.starts_with("consumer_committed"))
            of_partitions.emplace(series, number);
    EXPECT_THAT(of_partitions,
                UnorderedElementsAre(Pair("consumer_lag_records{topic=\"raw\",partition=\"0\"}", 25),
                                     Pair("consumer_lag_records{topic=\"raw\",partition=\"10\"}", 0),
                                     Pair("consumer_committed_offset{topic=\"raw\",partition=\"0\"}", 0)))
        << "zero is a number, and what is not known is none";
}

TEST_F(MetricTable, ShowsEachNumberOfTheJournalInASeriesOfItsOwn) {
    is_shown_as(journal.bytes, "journal_bytes");
    is_shown_as(journal.bytes_max, "journal_limit_bytes");
    is_shown_as(journal.answers, "journal_answers");
    is_shown_as(journal.index_bytes, "journal_index_bytes");
    is_shown_as(journal.written, "journal_records_total");
    is_shown_as(journal.not_kept, "journal_not_kept_total");
    is_shown_as(journal.write_failures, "journal_write_failures_total");
    is_shown_as(journal.torn_tails, "journal_torn_tails_total");
    is_shown_as(journal.damaged, "journal_damaged_total");
    is_shown_as(journal.segments_dropped, "journal_segments_dropped_total");
    EXPECT_THAT(moved_by(journal.failing, true), ElementsAre(Pair("journal_failing", 1)));
}

TEST_F(MetricTable, ShowsEachNumberOfTheProducerInASeriesOfItsOwn) {
    is_shown_as(sink.records, "producer_records_total");
    is_shown_as(sink.bytes, "producer_bytes_total");
    is_shown_as(sink.in_flight, "producer_in_flight");
    is_shown_as(sink.failed, "producer_failures_total");
    is_shown_as(sink.waits_for_room, "producer_full_queue_total");
    is_shown_as(sink.sent_alone, "producer_sent_alone_total");
    is_shown_as(sink.rebuilds, "producer_rebuilds_total");
    is_shown_as(sink.errors, "producer_errors_total");
}

TEST_F(MetricTable, ShowsEachNumberOfConnectionsInASeriesOfItsOwn) {
    is_shown_as(http.connections_busy, "http_connections{state=\"busy\"}");
    is_shown_as(http.connections_idle, "http_connections{state=\"idle\"}");
    is_shown_as(http.connections_opened, "http_connections_opened_total");
    is_shown_as(http.connections_failed, "http_connections_failed_total");
    is_shown_as(http.connections_reused, "http_connections_reused_total");
    is_shown_as(http.connections_spoiled, "http_connections_spoiled_total");
    is_shown_as(http.resent, "http_resent_total");
    is_shown_as(http.calls_answered, "http_calls_total{state=\"answered\"}");
    is_shown_as(http.calls_not_sent, "http_calls_total{state=\"not_sent\"}");
    is_shown_as(http.calls_sent_unknown, "http_calls_total{state=\"sent_unknown\"}");
    is_shown_as(http.bytes_sent, "http_sent_bytes_total");
    is_shown_as(http.bytes_received, "http_received_bytes_total");
}

TEST_F(MetricTable, ShowsEachNumberOfTheProcessInASeriesOfItsOwn) {
    is_shown_as(snapshot.process.resident_bytes, "process_resident_memory_bytes");
    is_shown_as(snapshot.process.memory_limit_bytes, "process_memory_limit_bytes");
    is_shown_as(snapshot.process.open_files, "process_open_files");
    is_shown_as(snapshot.process.cpu_seconds, "process_cpu_seconds_total");
    is_shown_as(snapshot.process.uptime_seconds, "process_uptime_seconds");
    is_shown_as(snapshot.key_files_failing, "key_files_failing");
    EXPECT_THAT(moved_by(snapshot.loop_lag_seconds, {0.25}), ElementsAre(Pair("loop_lag_seconds", 0.25)));
    snapshot.version = "1.2.3";
    snapshot.task_name = "news";
    snapshot.task_version = "3f9c";
    snapshot.group = "g";
    EXPECT_THAT(shown(),
                Contains(Pair("build_info{version=\"1.2.3\",task=\"news\",task_version=\"3f9c\",group=\"g\"}", 1)));
}

TEST_F(MetricTable, MovesOnlyTheHistogramThatObserves) {
    AgeHistogram aged;
    aged.observe(24h);
    for (const auto& [series, number] : moved_by(pipeline.document_age, aged)) {
        EXPECT_TRUE(series.starts_with("document_age_seconds")) << series;
        EXPECT_EQ(number, series.ends_with("_sum") ? 86'400 : 1) << series;
    }
    EXPECT_THAT(moved_by(pipeline.document_age, aged), SizeIs(6)) << "1, 3 and 7 days, infinity, count and sum";
    for (const auto& [histogram, name] : {std::pair(&pipeline.document_seconds, "document_duration_seconds"),
                                          std::pair(&pipeline.call_seconds, "call_duration_seconds"),
                                          std::pair(&pipeline.commit_seconds, "commit_duration_seconds")}) {
        Histogram observed;
        observed.observe(100s);
        for (const auto& [series, number] : moved_by(*histogram, observed)) {
            EXPECT_TRUE(series.starts_with(name)) << series;
            EXPECT_EQ(number, series.ends_with("_sum") ? 100 : 1) << series;
        }
        EXPECT_THAT(moved_by(*histogram, observed), SizeIs(6)) << "131 s, 262 s, 524 s, infinity, count and sum";
    }
}

TEST_F(MetricTable, KnowsTheAgeOfAPartitionsOldestDocumentOrThatThereIsNone) {
    source.partitions.resize(5);
    for (std::size_t i = 0; i < 5; ++i) source.partitions[i].partition = {"raw", static_cast<std::int32_t>(i)};
    source.partitions[0].lag = 3;  // one of them is in hand
    snapshot.watermark_ages[{"raw", 0}] = 2500ms;
    source.partitions[1].lag = 0;  // nothing to do
    source.partitions[2].lag = 3;  // done a moment ago, and not committed
    source.partitions[2].position = source.partitions[2].high = 40;
    source.partitions[3].lag = 3;  // not read yet
    source.partitions[3].position = 37;
    source.partitions[3].high = 40;
    Numbers ages;
    for (const auto& [series, number] : shown())
        if (series.starts_with("consumer_watermark_age_seconds")) ages.emplace(series, number);
    const auto of = [](int partition) {
        return "consumer_watermark_age_seconds{topic=\"raw\",partition=\"" + std::to_string(partition) + "\"}";
    };
    EXPECT_THAT(ages, UnorderedElementsAre(Pair(of(0), 2.5), Pair(of(1), 0), Pair(of(2), 0)))
        << "of the others nobody knows";
}

TEST_F(MetricTable, HasEverySeriesBeforeItsFirstEvent) {
    const BusyWorker worker;
    for (const auto& [label, found] : worker.pipeline.entities) pipeline.entities[label];
    const auto idle = shown();
    for (const auto& [series, number] : idle) EXPECT_TRUE(number == 0 || series.starts_with("build_info")) << series;
    Snapshot busy = worker.snapshot();
    busy.version = busy.task_name = busy.task_version = busy.group = "";
    std::set<std::string> new_ones;
    for (const auto& [series, number] : scrape(busy).series())
        if (!idle.contains(series)) new_ones.insert(series.substr(0, series.find('{')));
    // A rate over a series that begins with its first event would miss that event.
    EXPECT_THAT(new_ones, ElementsAre("consumer_brokers_up", "consumer_committed_offset", "consumer_lag_records",
                                      "consumer_watermark_age_seconds", "producer_brokers_up", "quota_limit_per_minute",
                                      "quota_utilisation_ratio"));
}

TEST_F(MetricTable, LeavesOutThePartsThatDoNotExist) {
    const auto names_without = [](const Snapshot& some) {
        std::set<std::string> names;
        for (const auto& family : scrape(some).families()) names.insert(family.name);
        return names;
    };
    const auto all = names_without(snapshot);
    EXPECT_GT(all.size(), 50U);
    EXPECT_THAT(
        names_without(Snapshot{}),
        UnorderedElementsAre("prelabel_process_resident_memory_bytes", "prelabel_process_memory_limit_bytes",
                             "prelabel_process_cpu_seconds_total", "prelabel_process_open_files",
                             "prelabel_process_uptime_seconds", "prelabel_key_files_failing", "prelabel_build_info"));
    snapshot.source = nullptr;
    EXPECT_THAT(names_without(snapshot), Not(Contains(::testing::StartsWith("prelabel_consumer_"))));
    snapshot.sink = nullptr;
    EXPECT_THAT(names_without(snapshot), Not(Contains(::testing::StartsWith("prelabel_producer_"))));
    snapshot.journal = nullptr;
    EXPECT_THAT(names_without(snapshot), Not(Contains(::testing::StartsWith("prelabel_journal_"))));
    snapshot.http = nullptr;
    EXPECT_THAT(names_without(snapshot), Not(Contains(::testing::StartsWith("prelabel_http_"))));
    EXPECT_THAT(names_without(snapshot), Contains("prelabel_documents_total"));
    snapshot.pipeline = nullptr;
    EXPECT_THAT(names_without(snapshot), SizeIs(7));
}

}  // namespace
}  // namespace prelabel::telemetry
