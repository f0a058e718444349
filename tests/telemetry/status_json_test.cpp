#include "telemetry/status_json.hpp"

#include "snapshot.hpp"
#include "telemetry/worker_summary.hpp"

#include <limits>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidjson/document.h>

namespace prelabel::telemetry {
namespace {

using ::testing::ElementsAre;

rapidjson::Document status_of(const Snapshot& snapshot) {
    rapidjson::Document status;
    const auto text = status_json(snapshot);
    status.Parse<rapidjson::kParseValidateEncodingFlag>(text.c_str(), text.size());
    EXPECT_TRUE(!status.HasParseError() && status.IsObject()) << text;
    return status;
}

std::vector<std::string> keys_of(const rapidjson::Value& object) {
    std::vector<std::string> keys;
    for (const auto& member : object.GetObject()) keys.emplace_back(member.name.GetString());
    return keys;
}

/// A worker whose parts the tests change.
class Status : public ::testing::Test {
protected:
    rapidjson::Document status() const { return status_of(worker.snapshot()); }

    BusyWorker worker;
};

TEST_F(Status, HasOneStateTheMostUrgent) {
    const auto state = [&](std::size_t partitions, bool paused, bool draining) {
        worker.pipeline.partitions_assigned = partitions;
        worker.pipeline.paused = paused;
        worker.pipeline.draining = draining;
        EXPECT_EQ(std::string(status()["state"].GetString()), state_of(worker.snapshot()));
        return std::string(state_of(worker.snapshot()));
    };
    EXPECT_EQ(state(0, false, false), "starting");
    EXPECT_EQ(state(1, false, false), "running");
    EXPECT_EQ(state(0, true, false), "paused");
    EXPECT_EQ(state(1, true, false), "paused");
    EXPECT_EQ(state(1, false, true), "draining");
    EXPECT_EQ(state(0, true, true), "draining");
    EXPECT_EQ(state_of(Snapshot{}), "starting");
    worker.pipeline.assignments = 1;
    EXPECT_EQ(state(0, false, false), "unassigned") << "between two assignments";
    EXPECT_EQ(state(1, false, false), "running");
    EXPECT_EQ(state(0, true, false), "paused");
}

TEST_F(Status, SaysWhyItIsPausedOnlyWhileItIs) {
    worker.pipeline.pause_reason = "of an earlier pause";
    EXPECT_FALSE(status().HasMember("pause_reason"));
    worker.pipeline.paused = true;
    EXPECT_STREQ(status()["pause_reason"].GetString(), "of an earlier pause");
}

TEST_F(Status, HasTheSameMembersFromTheFirstMomentOn) {
    const auto busy = keys_of(status());
    EXPECT_THAT(busy, ElementsAre("version", "task", "state", "summary", "uptime_seconds", "priced", "shows_documents",
                                  "input_done", "rates", "latency", "waiting_calls", "quota", "learned", "documents",
                                  "dead_letters", "calls", "calls_in_flight", "retries", "reasks", "wait_seconds",
                                  "tokens", "cost_usd", "answers_without_usage", "cache", "discarded", "entities",
                                  "labels", "assignment", "lag", "brokers_up", "process", "troubles"));
    const pipeline::Stats fresh;
    const kafka::SourceStats unassigned;
    Snapshot snapshot;
    snapshot.pipeline = &fresh;
    snapshot.source = &unassigned;
    EXPECT_EQ(keys_of(status_of(snapshot)), busy);
    EXPECT_THAT(
        keys_of(status_of(Snapshot{})),
        ElementsAre("version", "task", "state", "summary", "uptime_seconds", "priced", "shows_documents", "input_done",
                    "rates", "latency", "waiting_calls", "quota", "learned", "process", "troubles"))
        << "a worker that is not there yet is not one that has done nothing";
}

TEST_F(Status, CountsDocumentsByTheirEnd) {
    worker.pipeline.dead_letters[pipeline::DeadLetterClass::refused] = 4;
    worker.pipeline.documents_abandoned = 5;
    worker.pipeline.records_lost = 6;
    const auto now = status();
    EXPECT_EQ(now["documents"]["complete"].GetInt(), 40);
    EXPECT_EQ(now["documents"]["partial"].GetInt(), 2);
    EXPECT_EQ(now["documents"]["dead_lettered"].GetInt(), 7) << "all classes together";
    EXPECT_EQ(now["documents"]["abandoned"].GetInt(), 5);
    EXPECT_EQ(now["documents"]["lost"].GetInt(), 6);
    EXPECT_EQ(now["documents"]["in_flight"].GetInt(), 7);
    EXPECT_EQ(now["dead_letters"].MemberCount(), 2U);
    EXPECT_EQ(now["dead_letters"]["refused"].GetInt(), 4);
}

/// Every enumerator has its own number, with its name.
template <class E, class Number>
void all_are_shown(EnumArray<E, Number>& counts, const BusyWorker& worker, const char* member) {
    counts = {};
    EXPECT_EQ(status_of(worker.snapshot())[member].MemberCount(), 0U) << member << ": only what has happened";
    int next = 10;
    for (auto& count : counts) count = static_cast<Number>(next++);
    const auto status = status_of(worker.snapshot());
    EXPECT_EQ(status[member].MemberCount(), counts.size()) << member;
    next = 10;
    for (const auto one : enum_values<E>)
        EXPECT_EQ(status[member][std::string(to_string(one)).c_str()].GetDouble(), next++) << member << to_string(one);
}

TEST_F(Status, ShowsEveryKindByItsName) {
    all_are_shown(worker.pipeline.dead_letters, worker, "dead_letters");
    all_are_shown(worker.pipeline.calls, worker, "calls");
    all_are_shown(worker.pipeline.wait_seconds, worker, "wait_seconds");
    all_are_shown(worker.pipeline.cache_lookups, worker, "cache");
    all_are_shown(worker.pipeline.discarded, worker, "discarded");
}

TEST_F(Status, ShowsWhatCallsCameTo) {
    worker.pipeline.calls_in_flight = 3;
    worker.pipeline.retries = 4;
    worker.pipeline.reasks = 5;
    worker.pipeline.learned_requests_per_minute = 90;
    worker.pipeline.learned_in_flight = 6;
    worker.pipeline.shape_changes = {{llm::OptionalPart::temperature, "temperature", ""},
                                     {llm::OptionalPart::output_limit, "max_tokens", "max_completion_tokens"}};
    const auto now = status();
    EXPECT_EQ(now["calls_in_flight"].GetInt(), 3);
    EXPECT_EQ(now["retries"].GetInt(), 4);
    EXPECT_EQ(now["reasks"].GetInt(), 5);
    EXPECT_EQ(now["learned"]["requests_per_minute"].GetInt(), 90);
    EXPECT_EQ(now["learned"]["in_flight"].GetInt(), 6);
    const auto& shape = now["learned"]["request_shape"];
    ASSERT_EQ(shape.Size(), 2U);
    EXPECT_STREQ(shape[0]["refused"].GetString(), "temperature");
    EXPECT_STREQ(shape[0]["now"].GetString(), "");
    EXPECT_STREQ(shape[1]["now"].GetString(), "max_completion_tokens");
    EXPECT_EQ(now["tokens"]["input"].GetInt(), 900) << "with the cached ones, as the provider's page counts them";
    EXPECT_EQ(now["tokens"]["cached_input"].GetInt(), 200);
    EXPECT_EQ(now["tokens"]["output"].GetInt(), 80);
    EXPECT_EQ(now["cost_usd"].GetDouble(), 0.25);
    EXPECT_EQ(now["answers_without_usage"].GetInt(), 2);
}

TEST_F(Status, SumsEntitiesOverTheirMatches) {
    worker.pipeline.entities = {{"PER", {1, 2, 3}}, {"ORG", {0, 0, 0}}};
    const auto now = status();
    EXPECT_EQ(now["entities"]["PER"].GetInt(), 6);
    EXPECT_EQ(now["entities"]["ORG"].GetInt(), 0) << "a label that is never found is worth seeing";
}

TEST_F(Status, TellsOfEachLabelWhatWasFoundAndSetAside) {
    worker.pipeline.entities = {{"PER", {1, 2, 3}}, {"ORG", {0, 0, 0}}};
    worker.pipeline.quality = {{"PER", {2, 4, 3.0}}};
    const auto now = status();
    EXPECT_EQ(now["labels"]["PER"]["found"].GetInt(), 6);
    EXPECT_EQ(now["labels"]["PER"]["set_aside"].GetInt(), 2);
    EXPECT_EQ(now["labels"]["PER"]["confidence"].GetDouble(), 0.75);
    EXPECT_EQ(now["labels"]["ORG"]["set_aside"].GetInt(), 0);
    EXPECT_TRUE(now["labels"]["ORG"]["confidence"].IsNull()) << "nobody measured it";
}

TEST_F(Status, TellsWhatTheLastMinuteCostAndTook) {
    auto snapshot = worker.snapshot();
    snapshot.last_minute.added.call_seconds[8] = 100;  // between 128 and 256 ms
    snapshot.last_minute.added.wait_seconds[pipeline::WaitReason::tokens] = 45;
    const auto now = status_of(snapshot);
    EXPECT_NEAR(now["rates"]["cost_usd_per_1000_documents"].GetDouble(), 0.25 / 60 * 1000, 1e-9);
    EXPECT_NEAR(now["latency"]["call_seconds"]["p50"].GetDouble(), 0.192, 1e-9);
    EXPECT_TRUE(now["latency"]["document_seconds"]["p99"].IsNull()) << "none ended";
    EXPECT_EQ(now["waiting_calls"].MemberCount(), 1U);
    EXPECT_EQ(now["waiting_calls"]["tokens"].GetDouble(), 1.5) << "as many waited on average";
    snapshot.last_minute.added.documents = 0;
    EXPECT_TRUE(status_of(snapshot)["rates"]["cost_usd_per_1000_documents"].IsNull());
}

TEST_F(Status, KnowsNoCostWithoutAPrice) {
    auto snapshot = worker.snapshot();
    snapshot.priced = false;
    const auto now = status_of(snapshot);
    EXPECT_TRUE(now["cost_usd"].IsNull());
    EXPECT_TRUE(now["rates"]["cost_usd_per_hour"].IsNull());
    EXPECT_TRUE(now["rates"]["cost_usd_per_1000_documents"].IsNull());
}

TEST_F(Status, ForecastsTheEndOfALagOnlyWhileItFalls) {
    for (auto& partition : worker.source.partitions) partition.lag = partition.lag.value_or(0);
    auto snapshot = worker.snapshot();
    const auto drains_in = [&](std::optional<double> per_second) {
        snapshot.last_minute.backlog_per_second = per_second;
        const auto now = status_of(snapshot);
        const auto& lag = now["lag"];
        return lag["drains_in_seconds"].IsNull() ? -1 : lag["drains_in_seconds"].GetDouble();
    };
    EXPECT_EQ(drains_in(-3), 5) << "fifteen records";
    for (bool* stands : {&worker.pipeline.paused, &worker.pipeline.draining}) {
        *stands = true;
        EXPECT_EQ(drains_in(-3), -1) << "the last minute does not go on";
        *stands = false;
    }
    EXPECT_EQ(drains_in(0), -1);
    EXPECT_EQ(drains_in(2), -1);
    EXPECT_EQ(drains_in(std::nullopt), -1);
    worker.source.partitions[0].lag = 0;
    EXPECT_EQ(drains_in(2), 0) << "there is none";
    worker.source.partitions[0].lag.reset();
    EXPECT_EQ(drains_in(-3), -1) << "nobody knows that of one partition";
}

TEST_F(Status, ShowsAQuotaWithAndWithoutALimit) {
    worker.pipeline.requests_per_minute = 0;
    worker.pipeline.tokens_per_minute = 4'000;
    const auto now = status();
    EXPECT_EQ(now["quota"]["requests_per_minute"]["limit"].GetInt(), 0);
    EXPECT_EQ(now["quota"]["requests_per_minute"]["used"].GetDouble(), 300);
    EXPECT_FALSE(now["quota"]["requests_per_minute"].HasMember("utilisation"));
    EXPECT_EQ(now["quota"]["tokens_per_minute"]["limit"].GetInt(), 4'000);
    EXPECT_EQ(now["quota"]["tokens_per_minute"]["used"].GetDouble(), 5'000);
    EXPECT_EQ(now["quota"]["tokens_per_minute"]["utilisation"].GetDouble(), 1.25);
}

TEST_F(Status, HasNoRateBeforeTimeHasPassed) {
    auto snapshot = worker.snapshot();
    snapshot.last_minute.seen = {};
    const auto now = status_of(snapshot);
    EXPECT_EQ(now["rates"]["documents_per_second"].GetDouble(), 0);
    EXPECT_EQ(now["rates"]["cost_usd_per_hour"].GetDouble(), 0);
    EXPECT_EQ(now["rates"]["over_seconds"].GetDouble(), 0);
}

TEST_F(Status, ShowsEachPartitionAndWhatIsKnownOfIt) {
    const auto now = status();
    const auto& first = now["assignment"][0];
    EXPECT_STREQ(first["topic"].GetString(), "raw");
    EXPECT_EQ(first["partition"].GetInt(), 0);
    EXPECT_EQ(first["committed"].GetInt(), 15);
    EXPECT_EQ(first["lag"].GetInt(), 15);
    const auto& second = now["assignment"][1];
    EXPECT_EQ(second["partition"].GetInt(), 1);
    EXPECT_TRUE(second["committed"].IsNull());
    EXPECT_TRUE(second["lag"].IsNull());
    EXPECT_EQ(keys_of(first), keys_of(second));
}

TEST_F(Status, ShowsTheProcess) {
    auto snapshot = worker.snapshot();
    EXPECT_TRUE(status_of(snapshot)["process"]["loop_lag_seconds"].IsNull()) << "not measured yet";
    snapshot.loop_lag_seconds = 0.5;
    const auto now = status_of(snapshot);
    EXPECT_EQ(now["process"]["loop_lag_seconds"].GetDouble(), 0.5);
    EXPECT_EQ(now["process"]["resident_bytes"].GetInt(), 1 << 20);
    EXPECT_EQ(now["process"]["open_files"].GetInt(), 12);
    EXPECT_EQ(now["process"]["cpu_seconds"].GetDouble(), 1.5);
    EXPECT_EQ(now["uptime_seconds"].GetDouble(), 60);
}

TEST_F(Status, ListsTroublesInTheirOrderWithTheirFields) {
    auto snapshot = worker.snapshot();
    snapshot.troubles.push_back({"2026-11-23T19:00:05Z", "warning", "kafka", R"({"message":"a \"b\"","n":1})"});
    const auto now = status_of(snapshot);
    ASSERT_EQ(now["troubles"].Size(), 2U);
    EXPECT_STREQ(now["troubles"][0]["event"].GetString(), "paused");
    const auto& last = now["troubles"][1];
    EXPECT_STREQ(last["at"].GetString(), "2026-11-23T19:00:05Z");
    EXPECT_STREQ(last["level"].GetString(), "warning");
    EXPECT_STREQ(last["event"].GetString(), "kafka");
    EXPECT_STREQ(last["fields"]["message"].GetString(), "a \"b\"");
    EXPECT_EQ(last["fields"]["n"].GetInt(), 1);
}

TEST_F(Status, IsJsonWhateverStandsInItsTexts) {
    auto snapshot = worker.snapshot();
    snapshot.task_name = "a\"b\\c\n\x01<script>";
    worker.source.partitions[0].partition.topic = "a\"b";
    worker.pipeline.paused = true;
    worker.pipeline.pause_reason = "line\nbreak \"quoted\"";
    snapshot.loop_lag_seconds = std::numeric_limits<double>::quiet_NaN();
    const auto now = status_of(snapshot);
    EXPECT_EQ(now["task"]["name"].GetString(), snapshot.task_name);
    EXPECT_STREQ(now["assignment"][0]["topic"].GetString(), "a\"b");
    EXPECT_EQ(now["pause_reason"].GetString(), worker.pipeline.pause_reason);
    EXPECT_TRUE(now["process"]["loop_lag_seconds"].IsNull()) << "JSON has no such number";
    EXPECT_EQ(now["entities"]["a\"b\\c\nd"].GetInt(), 2);
    worker.pipeline.pause_reason = "M\xFCller";
    EXPECT_STREQ(status()["pause_reason"].GetString(), "M\xEF\xBF\xBDller") << "a message in Latin-1";
}

}  // namespace
}  // namespace prelabel::telemetry
