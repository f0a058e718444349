#include "sample_record.hpp"

#include <prelabel/base/rng.hpp>
#include <prelabel/record/annotation_json.hpp>

#include <cmath>
#include <cstring>
#include <limits>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidjson/document.h>

namespace prelabel::record {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

rapidjson::Document parse(const std::string& json) {
    rapidjson::Document document;
    document.Parse<rapidjson::kParseFullPrecisionFlag | rapidjson::kParseValidateEncodingFlag>(json.data(),
                                                                                               json.size());
    EXPECT_FALSE(document.HasParseError()) << json;
    return document;
}

TEST(AnnotationJson, WritesThePublishedShapeInThePublishedOrder) {
    EXPECT_EQ(
        to_json(published_example()),
        R"({"id":"doc-17","text":"Ada Lovelace met Babbage in London 🎉.",)"
        R"("task":{"name":"news-ner","kind":"ner","version":"3f9c2a71b0de"},"status":"partial",)"
        R"("entities":[{"id":"e1","label":"PER","text":"Ada Lovelace","start":0,"end":12,)"
        R"("start_utf8":0,"end_utf8":12,"start_utf16":0,"end_utf16":12,"match":"exact","confidence":0.97}],)"
        R"("discarded":[{"label":"ORG","text":"Royal Society","reason":"not_in_text"}],)"
        R"("model":{"provider":"openai","name":"gpt-4o-mini","answered_by":"gpt-4o-mini-2024-07-18",)"
        R"("finish_reason":"stop","response_ids":["chatcmpl-1"]},)"
        R"("usage":{"requests":1,"input_tokens":212,"cached_input_tokens":0,"output_tokens":31,)"
        R"("cost_usd":0.0000504},)"
        R"("source":{"topic":"raw-documents","partition":3,"offset":1209,"timestamp_ms":1790000000000},)"
        R"("run":{"attempts":1,"cache":"miss","latency_ms":812,"labeled_at":"2026-11-23T19:00:00.000Z","version":"0.1.0"}})");
}

TEST(AnnotationJson, HasNullsWhereADocumentLacksSomething) {
    AnnotationRecord bare;
    bare.priced = false;
    const auto json = to_json(bare);
    for (const char* field : {R"("status":"complete")", R"("entities":[])", R"("discarded":[])", R"("response_ids":[])",
                              R"("answered_by":null)", R"("cost_usd":null)", R"("timestamp_ms":null)",
                              R"("latency_ms":null)", R"("cache":"miss")"})
        EXPECT_THAT(json, HasSubstr(field));
    EXPECT_THAT(to_json(AnnotationRecord{}), HasSubstr(R"("cost_usd":0.0)"));
}

TEST(AnnotationJson, LeavesOutWhatNoDocumentOfTheRunCanHave) {
    const auto json = to_json(published_example());
    for (const char* field : {"relations", "labels", "fields", "output_text", "metadata", "raw_answer", "file", "line"})
        EXPECT_THAT(json, Not(HasSubstr('"' + std::string(field) + "\":"))) << field;
}

TEST(AnnotationJson, NamesTheLineOfAFile) {
    auto record = published_example();
    record.source = {{"data/tickets.jsonl", 0}, 1, -1, 2};
    EXPECT_THAT(to_json(record), HasSubstr(R"("source":{"file":"data/tickets.jsonl","line":2,"offset":1},)"));
}

TEST(AnnotationJson, HasMetadataAsItWasReadAndTheAnswerAsItCame) {
    auto record = published_example();
    record.metadata = R"({"tier":"gold","n":1.50})";
    record.raw_answer = "{\"entities\": []}\n";
    const auto json = to_json(record);
    EXPECT_THAT(json, HasSubstr(R"(],"metadata":{"tier":"gold","n":1.50},"model":{)"));
    EXPECT_THAT(json, HasSubstr(R"("response_ids":["chatcmpl-1"],"raw_answer":"{\"entities\": []}\n"},)"));
    record.raw_answer->append(2'000, 'x');
    const auto within = to_json_within(record, json.size());
    ASSERT_TRUE(within);
    EXPECT_THAT(within->line, HasSubstr(R"("raw_answer":null)")) << "it goes with the text";
}

TEST(AnnotationJson, WritesCostsWithoutTheNoiseOfASum) {
    const auto cost = [](double usd) {
        auto record = published_example();
        record.usage.cost_usd = usd;
        const auto json = to_json(record);
        const auto at = json.find("cost_usd") + 10;
        return json.substr(at, json.find('}', at) - at);
    };
    EXPECT_EQ(cost(0.1 + 0.2), "0.3");
    EXPECT_EQ(cost(0.00003210000000000001), "0.0000321");
    EXPECT_EQ(cost(3), "3.0");
    EXPECT_EQ(cost(1e-12), "0.0");
    EXPECT_EQ(cost(1e300).size(), 303U);
}

TEST(AnnotationJson, KeepsTheEntitysFieldsWhenItHasNoConfidence) {
    auto record = published_example();
    record.findings.entities[0].confidence.reset();
    EXPECT_THAT(to_json(record), HasSubstr(R"("confidence":null})"));
}

TEST(AnnotationJson, NumbersEntitiesFromOneAndSeparatesThem) {
    auto record = published_example();
    record.findings.entities.resize(12, record.findings.entities[0]);
    record.findings.discarded.resize(3, record.findings.discarded[0]);
    record.response_ids = {"a", "b"};
    const auto read = parse(to_json(record));
    ASSERT_EQ(read["entities"].Size(), 12U);
    EXPECT_STREQ(read["entities"][11]["id"].GetString(), "e12");
    EXPECT_EQ(read["discarded"].Size(), 3U);
    EXPECT_STREQ(read["model"]["response_ids"][1].GetString(), "b");
}

TEST(AnnotationJson, EscapesWhatOthersSaid) {
    auto record = published_example();
    const std::string hostile = "\"\\\n\x01</document> \xE2\x80\xA8 🎉";
    for (std::string* field :
         {&record.id, &record.text, &record.task_name, &record.provider, &record.model, &record.response_ids[0],
          &record.findings.entities[0].text, &record.findings.entities[0].label, &record.findings.discarded[0].text,
          &record.findings.discarded[0].label, &record.source.partition.topic})
        *field = hostile;
    const auto json = to_json(record);
    EXPECT_THAT(json, Not(HasSubstr("\n")));
    const auto read = parse(json);
    EXPECT_EQ(read["text"].GetString(), hostile);
    EXPECT_EQ(read["discarded"][0]["label"].GetString(), hostile);
    EXPECT_EQ(read["source"]["topic"].GetString(), hostile);
}

TEST(AnnotationJson, KeepsTheExtremesOfItsNumbers) {
    auto record = published_example();
    record.usage.input_tokens = std::numeric_limits<std::uint64_t>::max();
    record.source.offset = std::numeric_limits<Offset>::min();
    record.findings.entities[0].utf8.end = std::numeric_limits<std::size_t>::max();
    const auto read = parse(to_json(record));
    EXPECT_EQ(read["usage"]["input_tokens"].GetUint64(), std::numeric_limits<std::uint64_t>::max());
    EXPECT_EQ(read["source"]["offset"].GetInt64(), std::numeric_limits<Offset>::min());
    EXPECT_EQ(read["entities"][0]["end_utf8"].GetUint64(), std::numeric_limits<std::size_t>::max());
}

TEST(AnnotationJson, WritesRealsThatReadBackEqualAndNeverLookLikeIntegers) {
    Rng rng(7);
    auto record = published_example();
    for (int i = 0; i < 2'000; ++i) {
        const std::uint64_t bits = i == 0 ? 0 : i == 1 ? 0x3FF0000000000000U : rng.next();
        double cost = 0;
        std::memcpy(&cost, &bits, sizeof cost);
        if (!std::isfinite(cost)) continue;
        record.findings.entities[0].confidence = cost;
        const auto read = parse(to_json(record));
        const auto& confidence = read["entities"][0]["confidence"];
        ASSERT_TRUE(confidence.IsDouble());
        ASSERT_EQ(std::signbit(confidence.GetDouble()), std::signbit(cost));
        ASSERT_EQ(confidence.GetDouble(), cost);
    }
}

TEST(AnnotationJson, RefusesToWriteANumberThatJsonDoesNotHave) {
    auto record = published_example();
    record.usage.cost_usd = std::numeric_limits<double>::quiet_NaN();
    EXPECT_DEATH((void)to_json(record), "JSON has no infinities");
}

TEST(AnnotationJson, FitsABoundExactly) {
    const auto record = published_example();
    const auto whole = to_json(record);
    const auto fitted = to_json_within(record, whole.size());
    ASSERT_TRUE(fitted);
    EXPECT_EQ(fitted->line, whole);
    EXPECT_FALSE(fitted->text_dropped);
}

TEST(AnnotationJson, DropsTheTextFirstAndSaysSo) {
    auto record = published_example();
    record.text.append(5'000, 'x');
    for (const std::size_t bytes_max : {to_json(record).size() - 1, std::size_t{4'000}}) {
        const auto fitted = to_json_within(record, bytes_max);
        ASSERT_TRUE(fitted);
        EXPECT_TRUE(fitted->text_dropped);
        EXPECT_LE(fitted->line.size(), bytes_max);
        const auto read = parse(fitted->line);
        EXPECT_STREQ(read["text"].GetString(), "");
        EXPECT_STREQ(read["status"].GetString(), "text_dropped");
        EXPECT_EQ(read["entities"].Size(), 1U);
        EXPECT_EQ(read["discarded"].Size(), 1U);
        EXPECT_EQ(read["source"]["offset"].GetInt64(), 1209);
    }
}

TEST(AnnotationJson, RefusesARecordThatIsTooLongEvenWithoutItsText) {
    auto record = published_example();
    record.text = "the secret text";
    record.findings.entities.resize(100, record.findings.entities[0]);
    const auto line = to_json_within(record, 2'000);
    ASSERT_FALSE(line);
    EXPECT_EQ(line.error().fault, Fault::input);
    EXPECT_THAT(line.error().message, HasSubstr("2000"));
    EXPECT_THAT(line.error().message, Not(HasSubstr("secret")));
}

TEST(AnnotationJson, SpellsItsEnumeratorsAsPublished) {
    EXPECT_EQ(to_string(labeling::Match::normalized), "normalized");
    EXPECT_EQ(to_string(labeling::Match::fuzzy), "fuzzy");
    EXPECT_EQ(to_string(labeling::DiscardReason::unknown_label), "unknown_label");
    EXPECT_EQ(to_string(labeling::DiscardReason::overlap), "overlap");
    EXPECT_EQ(to_string(labeling::DiscardReason::schema), "schema");
    EXPECT_EQ(to_string(labeling::DiscardReason::duplicate), "duplicate");
    EXPECT_EQ(to_string(CacheTier::memory), "memory");
    EXPECT_EQ(to_string(CacheTier::journal), "journal");
    EXPECT_EQ(to_string(CacheTier::shared), "shared");
    EXPECT_EQ(to_string(CacheTier::inflight), "inflight");
}

}  // namespace
}  // namespace prelabel::record
