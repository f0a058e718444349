// How long can one document hold the loop, and what is a step of the grounder's budget worth? Texts and answers made to
// hurt, at two sizes: `seconds_per_billion_steps` says whether the budget counts what the processor does,
// `given_up` whether it ended.
//
// Repeat: cmake --preset bench && ninja -C build/bench hostile_documents_bench &&
//         build/bench/bench/hostile_documents_bench
// Instructions instead of time:
//         valgrind --tool=callgrind build/bench/bench/hostile_documents_bench --benchmark_filter=marks
#include <prelabel/labeling/grounder.hpp>

#include <string>
#include <vector>

#include <benchmark/benchmark.h>

namespace prelabel::labeling {
namespace {

using Mentions = std::vector<Mention>;

std::string repeated(const std::string& piece, std::size_t bytes) {
    std::string text;
    while (text.size() < bytes) text += piece;
    return text;
}

Mentions growing(const std::string& piece, std::size_t count) {
    Mentions mentions;
    std::string text;
    while (mentions.size() < count) mentions.push_back({"A", text += piece});
    return mentions;
}

void grounds(benchmark::State& state, const std::string& text, const Mentions& mentions) {
    const std::vector<Label> labels = {{"A", ""}};
    const Grounder grounder(labels);
    std::uint64_t steps = 0;
    bool given_up = false;
    for (auto _ : state) {
        auto work = Grounder::allowance(text, mentions);
        benchmark::DoNotOptimize(grounder.ground(text, mentions, work));
        steps = work.searching.spent() + work.placing.spent();
        given_up = work.searching.exhausted() || work.placing.exhausted();
    }
    using benchmark::Counter;
    state.counters["seconds_per_billion_steps"] =
        Counter(static_cast<double>(steps) / 1e9, Counter::kIsIterationInvariantRate | Counter::kInvert);
    state.counters["steps"] = static_cast<double>(steps);
    state.counters["given_up"] = given_up ? 1 : 0;
}

std::size_t bytes(const benchmark::State& state) { return static_cast<std::size_t>(state.range(0)); }

void marks(benchmark::State& state) { grounds(state, repeated("\xCC\x81\xCC\xA3", bytes(state)), {{"A", "Absent"}}); }
void marks_as_mentions(benchmark::State& state) {
    grounds(state, repeated("\xCC\x81", bytes(state)), growing("\xCC\x81", 300));
}
void ligatures(benchmark::State& state) { grounds(state, repeated("\uFDFA", bytes(state)), {{"A", "Absent"}}); }
void flags(benchmark::State& state) { grounds(state, repeated("🇫🇷", bytes(state)), growing("🇫", 99)); }
void han(benchmark::State& state) { grounds(state, repeated("漢", bytes(state)), growing("漢", 1'000)); }

void overlapping_letters(benchmark::State& state) {
    Mentions mentions;
    for (std::size_t i = 0; i < 200; ++i) mentions.push_back({"A", std::string(6'000 - i, 'a')});
    grounds(state, std::string(bytes(state), 'a'), mentions);
}

BENCHMARK(marks)->Arg(160'000)->Arg(4 << 20)->Unit(benchmark::kMillisecond);
BENCHMARK(marks_as_mentions)->Arg(160'000)->Arg(4 << 20)->Unit(benchmark::kMillisecond);
BENCHMARK(ligatures)->Arg(160'000)->Arg(4 << 20)->Unit(benchmark::kMillisecond);
BENCHMARK(flags)->Arg(160'000)->Arg(4 << 20)->Unit(benchmark::kMillisecond);
BENCHMARK(han)->Arg(160'000)->Arg(4 << 20)->Unit(benchmark::kMillisecond);
BENCHMARK(overlapping_letters)->Arg(12'000)->Arg(4 << 20)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace prelabel::labeling
