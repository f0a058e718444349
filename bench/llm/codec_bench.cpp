// Question: what do a request and a reply cost in the codec, for documents of 300 B and 2 KiB and answers of 5 and 50
// entities, against RapidJSON's own Writer and Document?
//
// Repeat: cmake --preset bench && ninja -C build/bench codec_bench && build/bench/bench/codec_bench

#include <prelabel/base/json_text.hpp>
#include <prelabel/llm/codec.hpp>

#include <string>
#include <vector>

#include <benchmark/benchmark.h>
#include <rapidjson/document.h>
#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

namespace prelabel::llm {
namespace {

std::string prose(std::int64_t bytes) {
    std::string text;
    while (text.size() < static_cast<std::size_t>(bytes))
        text += "Ada Lovelace met \"Babbage\" in Zürich, then 漢字 followed.\n";
    return text;
}

const std::vector<Message> preamble = {{Role::system, std::string(1'500, 's')}};
const std::string schema = R"({"type":"object"})";

void encode(benchmark::State& state) {
    const Codec codec{ModelSettings{}};
    const RequestForm form = codec.form(preamble, schema);
    const std::vector<Message> turns = {{Role::user, prose(state.range(0))}};
    for (auto _ : state) benchmark::DoNotOptimize(codec.encode(form, turns));
}
BENCHMARK(encode)->Arg(300)->Arg(2'048);

void encode_with_rapidjson_writer(benchmark::State& state) {
    const std::string text = prose(state.range(0));
    for (auto _ : state) {
        rapidjson::StringBuffer buffer;
        rapidjson::Writer<rapidjson::StringBuffer> writer(buffer);
        writer.StartArray();
        for (const std::string& content : {preamble.front().content, text}) {
            writer.StartObject();
            writer.Key("role");
            writer.String("user");
            writer.Key("content");
            writer.String(content.data(), static_cast<rapidjson::SizeType>(content.size()));
            writer.EndObject();
        }
        writer.EndArray();
        benchmark::DoNotOptimize(buffer.GetString());
    }
}
BENCHMARK(encode_with_rapidjson_writer)->Arg(300)->Arg(2'048);

/// A reply of OpenAI's shape whose answer holds that many entities.
std::string reply_body(std::int64_t entities) {
    std::string answer = R"({"entities":[)";
    for (std::int64_t i = 0; i < entities; ++i)
        answer += std::string(i > 0 ? "," : "") + R"({"label":"PER","text":"Ada Lovelace )" + std::to_string(i) + "\"}";
    answer += "]}";
    return R"({"id":"chatcmpl-B9MBs8CjcvOU2jLn4n570S5qMJKcT","object":"chat.completion","created":1741569952,"model":"gpt-4o-mini-2024-07-18",)"
           R"("choices":[{"index":0,"message":{"role":"assistant","content":)" +
           json_string(answer) +
           R"(,"refusal":null,"annotations":[]},"logprobs":null,"finish_reason":"stop"}],"usage":{"prompt_tokens":212,"completion_tokens":31,)"
           R"("total_tokens":243,"prompt_tokens_details":{"cached_tokens":128,"audio_tokens":0},"completion_tokens_details":{"reasoning_tokens":0,)"
           R"("audio_tokens":0,"accepted_prediction_tokens":0,"rejected_prediction_tokens":0}},"service_tier":"default","system_fingerprint":"fp_06737a9306"})";
}

void decode(benchmark::State& state) {
    const Codec codec{ModelSettings{}};
    const std::string body = reply_body(state.range(0));
    HttpReply reply;
    reply.status = 200;
    reply.body = body;
    for (auto _ : state) benchmark::DoNotOptimize(codec.decode(reply, WallTime{}));
    state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(body.size()));
}
BENCHMARK(decode)->Arg(5)->Arg(50);

void decode_with_rapidjson_document(benchmark::State& state) {
    const std::string body = reply_body(state.range(0));
    for (auto _ : state) {
        rapidjson::Document document;
        document.Parse<rapidjson::kParseIterativeFlag | rapidjson::kParseValidateEncodingFlag |
                       rapidjson::kParseFullPrecisionFlag>(body.data(), body.size());
        benchmark::DoNotOptimize(std::string(document["choices"][0]["message"]["content"].GetString()));
    }
}
BENCHMARK(decode_with_rapidjson_document)->Arg(5)->Arg(50);

}  // namespace
}  // namespace prelabel::llm
