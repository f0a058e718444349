// What does it cost to give five mentions of a 2 KiB document their true spans, in ASCII and in other text, and what
// when one of them is spelled otherwise? Beside it, what people write by hand instead: find the first occurrence of
// each and count code points and UTF-16 units from the start of the text,
// which is wrong for repeated names, half words and case.
//
// Repeat: cmake --preset bench && ninja -C build/bench grounder_bench && build/bench/bench/grounder_bench
#include <prelabel/labeling/grounder.hpp>

#include <string>
#include <vector>

#include <benchmark/benchmark.h>

namespace prelabel::labeling {
namespace {

const std::vector<Label> labels = {{"PER", ""}, {"ORG", ""}, {"LOC", ""}};
const std::vector<Mention> mentions = {
    {"PER", "Ada Lovelace"}, {"ORG", "Analytical Society"}, {"LOC", "London"}, {"PER", "Babbage"}, {"LOC", "Turin"}};

/// `size` bytes of `filler` with the mentions spread over it.
std::string document(const std::string& filler, std::size_t size) {
    std::string text;
    for (const Mention& mention : mentions) {
        const std::size_t part = text.size() + size / mentions.size();
        while (text.size() + mention.text.size() < part) text += filler;
        text += mention.text + ". ";
    }
    return text;
}

const std::string ascii_filler = "It was a bright day and the committee sat until late in the afternoon. ";
const std::string mixed_filler = "Der Ausschuß tagte bis spät am Abend 🎉, 委員会は夕方まで続いた。 ";

void grounds(benchmark::State& state, const std::string& text, const std::vector<Mention>& asked) {
    const Grounder grounder(labels);
    for (auto _ : state) benchmark::DoNotOptimize(grounder.ground(text, asked));
    state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(text.size()));
}

void ascii(benchmark::State& state) { grounds(state, document(ascii_filler, 2'048), mentions); }
BENCHMARK(ascii);

void mixed_scripts(benchmark::State& state) { grounds(state, document(mixed_filler, 2'048), mentions); }
BENCHMARK(mixed_scripts);

void one_in_other_case(benchmark::State& state) {
    auto asked = mentions;
    asked[2].text = "LONDON";
    grounds(state, document(ascii_filler, 2'048), asked);
}
BENCHMARK(one_in_other_case);

void one_in_other_case_mixed_scripts(benchmark::State& state) {
    auto asked = mentions;
    asked[2].text = "LONDON";
    grounds(state, document(mixed_filler, 2'048), asked);
}
BENCHMARK(one_in_other_case_mixed_scripts);

void two_thousand_mentions_in_a_mebibyte(benchmark::State& state) {
    std::string text;
    std::vector<Mention> asked;
    while (text.size() < (1U << 20)) {
        const auto name = "Person " + std::to_string(text.size());
        text += name + " met an old friend in the evening; ";
        if (text.size() / 512 > asked.size()) asked.push_back({"PER", name});
    }
    grounds(state, text, asked);
}
BENCHMARK(two_thousand_mentions_in_a_mebibyte);

void by_hand(benchmark::State& state, const std::string& text) {
    const auto count = [&](std::size_t end, Entity& entity, bool start) {
        std::size_t code_points = 0;
        std::size_t utf16 = 0;
        for (std::size_t at = 0; at < end; ++at) {
            const auto byte = static_cast<unsigned char>(text[at]);
            code_points += (byte & 0xC0) != 0x80;
            utf16 += ((byte & 0xC0) != 0x80) + (byte >= 0xF0);
        }
        (start ? entity.code_points.start : entity.code_points.end) = code_points;
        (start ? entity.utf16.start : entity.utf16.end) = utf16;
    };
    for (auto _ : state) {
        std::vector<Entity> entities;
        for (const Mention& mention : mentions) {
            Entity entity{mention.label, mention.text, {}, {}, {}, Match::exact, std::nullopt};
            entity.utf8.start = text.find(mention.text);
            entity.utf8.end = entity.utf8.start + mention.text.size();
            count(entity.utf8.start, entity, true);
            count(entity.utf8.end, entity, false);
            entities.push_back(std::move(entity));
        }
        benchmark::DoNotOptimize(entities);
    }
}

void ascii_by_hand(benchmark::State& state) { by_hand(state, document(ascii_filler, 2'048)); }
BENCHMARK(ascii_by_hand);

void mixed_scripts_by_hand(benchmark::State& state) { by_hand(state, document(mixed_filler, 2'048)); }
BENCHMARK(mixed_scripts_by_hand);

}  // namespace
}  // namespace prelabel::labeling
