#include <prelabel/evaluation/token_scorer.hpp>

#include <algorithm>
#include <string_view>
#include <utility>

namespace prelabel::evaluation {
namespace {

using Labeled = std::pair<std::string_view, std::size_t>;  // label, token

/// Each label of each token once, in order.
std::vector<Labeled> label_tokens(std::span<const LabeledSpan> spans, std::span<const labeling::Span> tokens) {
    std::vector<Labeled> labeled;
    for (const auto& span : spans) {
        auto token = std::ranges::upper_bound(tokens, span.start, {}, &labeling::Span::end);
        for (; token != tokens.end() && token->start < span.end; ++token)
            labeled.emplace_back(span.label, static_cast<std::size_t>(token - tokens.begin()));
    }
    std::ranges::sort(labeled);
    labeled.erase(std::ranges::unique(labeled).begin(), labeled.end());
    return labeled;
}

}  // namespace

void TokenScorer::add(std::span<const LabeledSpan> gold, std::span<const LabeledSpan> predicted,
                      std::span<const labeling::Span> tokens) {
    ++documents_;
    const auto in_gold = label_tokens(gold, tokens);
    const auto in_prediction = label_tokens(predicted, tokens);
    const auto row = [this](std::string_view label) -> Counts& {
        const auto found = classes_.find(label);
        return found != classes_.end() ? found->second : classes_.emplace(std::string(label), Counts{}).first->second;
    };
    for (const auto& [label, token] : in_gold) {
        auto& counts = row(label);
        ++counts.gold;
        if (std::ranges::binary_search(in_prediction, Labeled(label, token))) ++counts.both;
    }
    for (const auto& labeled : in_prediction) ++row(labeled.first).predicted;
}

Report TokenScorer::report() const {
    Report report;
    report.level = Level::token;
    report.documents = documents_;
    Counts all;
    for (const auto& [label, counts] : classes_) {
        report.classes.push_back(
            {label, counted_score(static_cast<double>(counts.both), counts.predicted, counts.gold)});
        all.both += counts.both;
        all.predicted += counts.predicted;
        all.gold += counts.gold;
    }
    report.micro = counted_score(static_cast<double>(all.both), all.predicted, all.gold);
    average(report);
    return report;
}

}  // namespace prelabel::evaluation
