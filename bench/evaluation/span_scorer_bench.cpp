// How long does it take to score 100,000 documents, so that `prelabel evaluate` is never what anybody waits for?
// Run: build with PRELABEL_BENCH=ON, then span_scorer_bench. Compare: seqeval and nervaluate on the same spans
// (docs/benchmarks.md).

#include <prelabel/base/rng.hpp>
#include <prelabel/evaluation/span_scorer.hpp>
#include <prelabel/evaluation/token_scorer.hpp>

#include <cstddef>
#include <string>
#include <vector>

#include <benchmark/benchmark.h>

namespace prelabel::evaluation {
namespace {

constexpr std::size_t documents = 100'000;
constexpr std::size_t tokens_per_document = 60;

struct Pair {
    std::vector<LabeledSpan> gold;
    std::vector<LabeledSpan> predicted;
};

/// Five entities a document over six labels, a fifth of them predicted wrong.
std::vector<Pair> corpus() {
    Rng rng(1);
    const std::vector<std::string> labels{"PER", "ORG", "LOC", "MISC", "creative-work", "product"};
    std::vector<Pair> pairs(documents);
    for (auto& pair : pairs)
        for (std::size_t i = 0; i < 5; ++i) {
            const auto start = i * 12 + rng.below(8);
            const LabeledSpan span{labels[rng.below(labels.size())], start, start + 1 + rng.below(4)};
            pair.gold.push_back(span);
            if (!rng.chance(0.1)) pair.predicted.push_back(span);
            if (rng.chance(0.1)) pair.predicted.push_back({labels[0], span.start, span.end + 1});
        }
    return pairs;
}

void entities(benchmark::State& state) {
    const auto pairs = corpus();
    for (auto _ : state) {
        SpanScorer scorer(static_cast<MatchMode>(state.range(0)));
        for (const auto& pair : pairs) scorer.add(pair.gold, pair.predicted);
        benchmark::DoNotOptimize(scorer.report());
    }
    state.SetLabel(std::string(to_string(static_cast<MatchMode>(state.range(0)))));
    state.SetItemsProcessed(static_cast<std::int64_t>(documents) * state.iterations());
}
BENCHMARK(entities)->DenseRange(0, 3)->Unit(benchmark::kMillisecond);

void tokens(benchmark::State& state) {
    const auto pairs = corpus();
    std::vector<labeling::Span> places;
    for (std::size_t i = 0; i < tokens_per_document; ++i) places.push_back({i, i + 1});
    for (auto _ : state) {
        TokenScorer scorer;
        for (const auto& pair : pairs) scorer.add(pair.gold, pair.predicted, places);
        benchmark::DoNotOptimize(scorer.report());
    }
    state.SetItemsProcessed(static_cast<std::int64_t>(documents) * state.iterations());
}
BENCHMARK(tokens)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace prelabel::evaluation
