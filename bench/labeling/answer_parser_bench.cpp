// Question: what does it cost to read and judge an answer of 5 (and 50) entities, and what does the fast path save
// against running the JSON Schema engine on every answer?
//
// Repeat: cmake --preset bench && ninja -C build/bench answer_parser_bench && build/bench/bench/answer_parser_bench

#include <prelabel/labeling/answer_validator.hpp>
#include <prelabel/labeling/prompt_template.hpp>

#include <string>

#include <benchmark/benchmark.h>

namespace prelabel::labeling {
namespace {

Task news() {
    return {.name = "news",
            .instructions = {},
            .labels = {{"PER", ""}, {"ORG", ""}, {"LOC", ""}},
            .examples = {},
            .own_schema = {}};
}

std::string answer_of(std::int64_t entities) {
    std::string json = R"({"entities":[)";
    for (std::int64_t i = 0; i < entities; ++i) {
        if (i > 0) json += ',';
        json += R"({"label":"PER","text":"Ada Lovelace )" + std::to_string(i) + "\"}";
    }
    return json + "]}";
}

void parse(benchmark::State& state) {
    const std::string content = answer_of(state.range(0));
    for (auto _ : state) benchmark::DoNotOptimize(parse_answer(content));
    state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(content.size()));
}
BENCHMARK(parse)->Arg(5)->Arg(50);

void parse_in_a_code_fence(benchmark::State& state) {
    const std::string content = "```json\n" + answer_of(state.range(0)) + "\n```";
    for (auto _ : state) benchmark::DoNotOptimize(parse_answer(content));
}
BENCHMARK(parse_in_a_code_fence)->Arg(5);

void parse_and_judge_by_the_fast_path(benchmark::State& state) {
    const std::string content = answer_of(state.range(0));
    const auto validator = AnswerValidator::make(news());
    for (auto _ : state) {
        const auto answer = parse_answer(content);
        benchmark::DoNotOptimize(validator->violation(*answer));
    }
}
BENCHMARK(parse_and_judge_by_the_fast_path)->Arg(5)->Arg(50);

void parse_and_judge_by_the_engine(benchmark::State& state) {
    const std::string content = answer_of(state.range(0));
    const auto engine = SchemaValidator::compile(make_task_kind(news()).value()->answer_schema());
    for (auto _ : state) {
        const auto answer = parse_answer(content);
        benchmark::DoNotOptimize(engine->violation(answer->json));
    }
}
BENCHMARK(parse_and_judge_by_the_engine)->Arg(5)->Arg(50);

void delimit_a_document(benchmark::State& state) {
    const PromptTemplate prompt(news(), *make_task_kind(news()).value());
    const std::string text(static_cast<std::size_t>(state.range(0)), 'x');
    for (auto _ : state) benchmark::DoNotOptimize(prompt.document_turn(text));
}
BENCHMARK(delimit_a_document)->Arg(300)->Arg(2'048);

}  // namespace
}  // namespace prelabel::labeling
