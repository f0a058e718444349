// What does it cost to write the output record of a 2 KiB document with five entities? Beside it, the same fields
// through RapidJSON's Writer, which is what one would pick without a writer of one's own.
//
// Repeat: cmake --preset bench && ninja -C build/bench annotation_json_bench && build/bench/bench/annotation_json_bench
#include <prelabel/base/iso_time.hpp>
#include <prelabel/record/annotation_json.hpp>

#include <string>

#include <benchmark/benchmark.h>
#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

namespace prelabel::record {
namespace {

AnnotationRecord record(const std::string& filler) {
    AnnotationRecord one;
    one.id = "doc-17";
    while (one.text.size() < 2'048) one.text += filler;
    one.task_name = "news-ner";
    one.task_version = "3f9c2a71b0de";
    one.findings.entities.resize(
        5, {"PER", "Ada Lovelace", {812, 824}, {830, 842}, {815, 827}, labeling::Match::exact, 0.97});
    one.findings.discarded = {{"ORG", "Royal Society", labeling::DiscardReason::not_in_text}};
    one.provider = "openai";
    one.model = "gpt-4o-mini";
    one.response_ids = {"chatcmpl-B3xyzAbCdEfGhIjKlMnOp"};
    one.usage = {1, 212, 0, 31, 0.0000504};
    one.source = {{"raw-documents", 3}, 1209, 1790000000000};
    one.attempts = 1;
    one.labeled_at = WallTime{std::chrono::milliseconds{1'795'460'400'000}};
    return one;
}

void prose(benchmark::State& state) {
    const auto one = record("It was a bright day and the committee sat until late in the afternoon. ");
    for (auto _ : state) benchmark::DoNotOptimize(to_json(one));
}
BENCHMARK(prose);

void text_full_of_quotes_and_lines(benchmark::State& state) {
    const auto one = record("\"Yes,\" she said.\n");
    for (auto _ : state) benchmark::DoNotOptimize(to_json(one));
}
BENCHMARK(text_full_of_quotes_and_lines);

using Writer = rapidjson::Writer<rapidjson::StringBuffer>;

void put(Writer& out, const char* key, const std::string& value) {
    out.Key(key);
    out.String(value);
}

void put(Writer& out, const char* key, std::uint64_t value) {
    out.Key(key);
    out.Uint64(value);
}

void put_entity(Writer& out, const labeling::Entity& entity) {
    out.StartObject();
    put(out, "id", "e1");
    put(out, "label", entity.label);
    put(out, "text", entity.text);
    put(out, "start", entity.code_points.start);
    put(out, "end", entity.code_points.end);
    put(out, "start_utf8", entity.utf8.start);
    put(out, "end_utf8", entity.utf8.end);
    put(out, "start_utf16", entity.utf16.start);
    put(out, "end_utf16", entity.utf16.end);
    put(out, "match", std::string(to_string(entity.match)));
    out.Key("confidence");
    out.Double(*entity.confidence);
    out.EndObject();
}

void put_rest(Writer& out, const AnnotationRecord& one) {
    put(out, "provider", one.provider);
    put(out, "name", one.model);
    put(out, "response_id", one.response_ids[0]);
    put(out, "requests", one.usage.requests);
    put(out, "input_tokens", one.usage.input_tokens);
    put(out, "cached_input_tokens", one.usage.cached_input_tokens);
    put(out, "output_tokens", one.usage.output_tokens);
    out.Key("cost_usd");
    out.Double(one.usage.cost_usd);
    put(out, "topic", one.source.partition.topic);
    put(out, "partition", static_cast<std::uint64_t>(one.source.partition.number));
    put(out, "offset", static_cast<std::uint64_t>(one.source.offset));
    put(out, "timestamp_ms", static_cast<std::uint64_t>(one.source.timestamp_ms));
    put(out, "attempts", std::uint64_t{one.attempts});
    put(out, "cache", std::string(to_string(one.cache)));
    put(out, "labeled_at", iso_8601(one.labeled_at));
    put(out, "version", "0.1.0");
}

void prose_with_rapidjson(benchmark::State& state) {
    const auto one = record("It was a bright day and the committee sat until late in the afternoon. ");
    for (auto _ : state) {
        rapidjson::StringBuffer buffer;
        Writer out(buffer);
        out.StartObject();
        put(out, "id", one.id);
        put(out, "text", one.text);
        put(out, "task_name", one.task_name);
        put(out, "task_version", one.task_version);
        out.Key("entities");
        out.StartArray();
        for (const labeling::Entity& entity : one.findings.entities) put_entity(out, entity);
        out.EndArray();
        put_rest(out, one);
        out.EndObject();
        benchmark::DoNotOptimize(std::string(buffer.GetString(), buffer.GetSize()));
    }
}
BENCHMARK(prose_with_rapidjson);

}  // namespace
}  // namespace prelabel::record
