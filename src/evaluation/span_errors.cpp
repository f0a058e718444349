#include <prelabel/evaluation/span_errors.hpp>

#include <algorithm>
#include <cstddef>
#include <utility>

namespace prelabel::evaluation {
namespace {

bool same_place(const LabeledSpan& a, const LabeledSpan& b) { return a.start == b.start && a.end == b.end; }
bool overlap(const LabeledSpan& a, const LabeledSpan& b) { return a.start < b.end && b.start < a.end; }

/// The spans of a side that stand in no error yet.
using Left = std::vector<const LabeledSpan*>;

Left all_of(std::span<const LabeledSpan> spans) {
    Left left;
    for (const auto& span : spans) left.push_back(&span);
    return left;
}

/// Takes the pairs that match out of both sides.
template <class Matches, class Found>
void take_pairs(Left& gold, Left& predicted, const Matches& matches, const Found& found) {
    std::erase_if(predicted, [&](const LabeledSpan* guess) {
        const auto right = std::ranges::find_if(gold, [&](const LabeledSpan* one) { return matches(*one, *guess); });
        if (right == gold.end()) return false;
        found(**right, *guess);
        gold.erase(right);
        return true;
    });
}

std::size_t start_of(const SpanError& error) { return (error.gold ? error.gold : error.predicted)->start; }

}  // namespace

std::vector<SpanError> span_errors(std::span<const LabeledSpan> gold, std::span<const LabeledSpan> predicted) {
    std::vector<SpanError> errors;
    Left missed = all_of(gold);
    Left invented = all_of(predicted);
    const auto as = [&](SpanErrorKind kind) {
        return [&errors, kind](const LabeledSpan& right, const LabeledSpan& guess) {
            errors.push_back({kind, right, guess});
        };
    };
    take_pairs(missed, invented, std::equal_to<LabeledSpan>(), [](const auto&, const auto&) {});
    take_pairs(missed, invented, same_place, as(SpanErrorKind::confused));
    const auto same_label = [](const auto& a, const auto& b) { return a.label == b.label && overlap(a, b); };
    take_pairs(missed, invented, same_label, as(SpanErrorKind::cut));
    take_pairs(missed, invented, overlap, as(SpanErrorKind::confused));
    for (const auto* span : missed) errors.push_back({SpanErrorKind::missed, *span, std::nullopt});
    for (const auto* span : invented) errors.push_back({SpanErrorKind::invented, std::nullopt, *span});
    std::ranges::stable_sort(errors, {}, start_of);
    return errors;
}

}  // namespace prelabel::evaluation
