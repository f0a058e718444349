#include "sample_record.hpp"

#include <prelabel/record/annotation_json.hpp>
#include <prelabel/record/annotation_reader.hpp>

#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace prelabel::record {
namespace {

std::string trouble(const std::string& json) {
    const auto record = read_annotation(json);
    if (!record) {
        EXPECT_EQ(record.error().fault, Fault::input);
    }
    return record ? "none" : record.error().message;
}

/// The published example with one thing written otherwise.
std::string with(std::string_view what, std::string_view instead) {
    std::string json = to_json(published_example());
    const auto at = json.find(what);
    EXPECT_NE(at, std::string::npos) << what;
    return json.replace(at, what.size(), instead);
}

TEST(AnnotationReader, ReadsBackAllThatWasWritten) {
    const auto written = published_example();
    const auto read = read_annotation(to_json(written));
    ASSERT_TRUE(read) << read.error().message;
    EXPECT_TRUE(*read == written);
}

TEST(AnnotationReader, WhatItReadWritesTheSameBytes) {
    auto full = published_example();
    full.findings.entities.push_back({"LOC", "London", {28, 34}, {28, 34}, {28, 34}, labeling::Match::normalized, {}});
    full.findings.discarded.push_back({"\"quoted\"", "line\nbreak \\ 🎉", labeling::DiscardReason::overlap});
    full.usage = {3, 9'007'199'254'740'993, 1, 2, 0.3};
    full.metadata = R"({"tier":"gold","n":[1.50,{"é":null}]})";
    full.raw_answer = "{}";
    full.latency_ms = 0;
    full.finish_reason = llm::FinishReason::length;
    full.source = {{"topic/with/slashes", 2'147'483'647}, 9'223'372'036'854'775'807, -1};
    full.response_ids = {};
    full.cache = CacheTier::inflight;
    full.attempts = 4'294'967'295;
    full.made_by = "9.9.9-rc1";
    const auto dropped = to_json_within(published_example(), to_json(published_example()).size() - 1);
    ASSERT_TRUE(dropped);
    auto of_a_file = full;
    of_a_file.source = {{"in.jsonl", 0}, 3, -1, 17};
    of_a_file.priced = false;
    of_a_file.usage.cost_usd = 0;
    of_a_file.answered_by.reset();
    for (const auto& json : {to_json(full), to_json(of_a_file), to_json(AnnotationRecord{}), dropped->line}) {
        const auto read = read_annotation(json);
        ASSERT_TRUE(read) << json << ": " << read.error().message;
        EXPECT_EQ(to_json(*read), json);
    }
}

TEST(AnnotationReader, PassesOverWhatANewerVersionAdds) {
    const auto read = read_annotation(with(R"({"id")", R"({"since_0_9":{"deep":[1]},"id")"));
    ASSERT_TRUE(read) << read.error().message;
    EXPECT_TRUE(*read == published_example());
}

TEST(AnnotationReader, MissesEachFieldThatItReads) {
    const std::vector<std::string> fields = {"id",
                                             "text",
                                             "task",
                                             "status",
                                             "entities",
                                             "discarded",
                                             "model",
                                             "usage",
                                             "source",
                                             "run",
                                             "label",
                                             "start",
                                             "end_utf16",
                                             "match",
                                             "confidence",
                                             "reason",
                                             "provider",
                                             "response_ids",
                                             "requests",
                                             "cost_usd",
                                             "topic",
                                             "partition",
                                             "offset",
                                             "timestamp_ms",
                                             "attempts",
                                             "cache",
                                             "labeled_at",
                                             "start_utf8",
                                             "end",
                                             "end_utf8",
                                             "start_utf16",
                                             "input_tokens",
                                             "output_tokens",
                                             "cached_input_tokens",
                                             "answered_by",
                                             "finish_reason",
                                             "latency_ms"};
    for (const auto& field : fields) {
        const auto key = '"' + field + "\":";
        EXPECT_THAT(trouble(with(key, "\"x" + field + "\":")), testing::EndsWith('/' + field + " is missing")) << field;
    }
}

TEST(AnnotationReader, NamesTheFieldThatIsWrong) {
    EXPECT_EQ(trouble(with(R"("id":"doc-17")", R"("id":17)")), "/id is no text");
    EXPECT_EQ(trouble(with(R"("id":"doc-17")", R"("id":"a","id":"b")")), "/id stands twice");
    EXPECT_EQ(trouble(with(R"("task":{)", R"("task":[],"x":{)")), "/task is no object");
    EXPECT_EQ(trouble(with(R"("entities":[)", R"("entities":1,"x":[)")), "/entities is no list");
    EXPECT_EQ(trouble(with(R"("entities":[)", R"("entities":["x",)")), "/entities/0 is no object");
    EXPECT_EQ(trouble(with(R"("start":0)", R"("start":-1)")),
              "/entities/0/start is no whole number from 0 to 18446744073709551615");
    EXPECT_EQ(trouble(with(R"("start":0)", R"("start":0.5)")),
              "/entities/0/start is no whole number from 0 to 18446744073709551615");
    EXPECT_EQ(trouble(with(R"("partition":3)", R"("partition":2147483648)")),
              "/source/partition is no whole number up to 2147483647");
    EXPECT_EQ(trouble(with(R"("confidence":0.97)", R"("confidence":"high")")), "/entities/0/confidence is no number");
    EXPECT_EQ(trouble(with(R"("match":"exact")", R"("match":"guessed")")),
              "/entities/0/match is a word that this version does not know");
    EXPECT_EQ(trouble(with(R"("model":{)", R"("metadata":[],"model":{)")), "/metadata is no object");
    EXPECT_EQ(trouble(with(R"("source":{"topic":"raw-documents")", R"("source":{"file":"a","line":0)")),
              "/source/line is 0; lines are counted from 1");
    EXPECT_EQ(trouble(with("2026-11-23T19", "2026-11-31T19")),
              "/run/labeled_at is no time like 2026-11-23T19:00:00.000Z");
}

TEST(AnnotationReader, RefusesASpanThatIsNotTrue) {
    const std::string untrue = "/entities/0 is not what stands in the text from start_utf8 to end_utf8";
    EXPECT_EQ(trouble(with(R"("start_utf8":0)", R"("start_utf8":1)")), untrue);
    EXPECT_EQ(trouble(with(R"("end_utf8":12)", R"("end_utf8":1200)")), untrue);
    EXPECT_EQ(trouble(with(R"("end_utf8":12)", R"("end_utf8":0)")), untrue);
    EXPECT_EQ(trouble(with(R"("start":0,"end":12)", R"("start":0,"end":13)")),
              "/entities/0 is not what stands in the text from start to end");
    EXPECT_EQ(trouble(with(R"("start_utf16":0)", R"("start_utf16":1)")),
              "/entities/0 is not what stands in the text from start_utf16 to end_utf16");
    EXPECT_EQ(trouble(with(R"("text":"Ada Lovelace met)", R"("text":"Eda Lovelace met)")), untrue);
}

TEST(AnnotationReader, CountsBehindAnEmojiAsTheWriterDoes) {
    auto record = published_example();
    record.text = "🎉 Ada";
    record.findings.entities = {{"PER", "Ada", {2, 5}, {5, 8}, {3, 6}, labeling::Match::exact, {}}};
    EXPECT_EQ(trouble(to_json(record)), "none");
    record.findings.entities[0].utf16 = {2, 5};
    EXPECT_NE(trouble(to_json(record)), "none");
}

TEST(AnnotationReader, WithoutItsTextARecordsSpansCannotBeChecked) {
    const auto line = to_json_within(published_example(), to_json(published_example()).size() - 1);
    ASSERT_TRUE(line);
    const auto read = read_annotation(line->line);
    ASSERT_TRUE(read) << read.error().message;
    EXPECT_EQ(read->status, Status::text_dropped);
    EXPECT_TRUE(read->text.empty());
    EXPECT_EQ(read->findings.entities, published_example().findings.entities);
}

TEST(AnnotationReader, RefusesWhatIsNoRecord) {
    EXPECT_EQ(trouble(""), "the record is not JSON: The document is empty. (byte 0)");
    EXPECT_EQ(trouble("[]"), "the record is not a JSON object");
    EXPECT_EQ(trouble("{}"), "/id is missing");
    EXPECT_EQ(trouble(to_json(published_example()).substr(0, 200)).substr(0, 23), "the record is not JSON:");
}

}  // namespace
}  // namespace prelabel::record
