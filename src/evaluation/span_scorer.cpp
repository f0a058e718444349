#include <prelabel/base/expects.hpp>
#include <prelabel/evaluation/span_scorer.hpp>

#include <algorithm>
#include <optional>

namespace prelabel::evaluation {
namespace {

constexpr double least_overlap_percent = 1.0;

template <class Mention>
bool overlaps(const Mention& predicted, const Mention& gold) {
    if (predicted.start >= gold.end || predicted.end <= gold.start) return false;
    const auto shared = std::min(predicted.end, gold.end) - std::max(predicted.start, gold.start);
    return static_cast<double>(shared) / static_cast<double>(gold.end - gold.start) * 100.0 >= least_overlap_percent;
}

template <class Mention>
bool same_place(const Mention& a, const Mention& b) {
    return a.start == b.start && a.end == b.end;
}

template <class Mention>
std::size_t distance(const Mention& a, const Mention& b) {
    const auto gap = [](std::size_t x, std::size_t y) { return x > y ? x - y : y - x; };
    return gap(a.start, b.start) + gap(a.end, b.end);
}

enum class Verdict { correct, partial, incorrect, spurious };

/// What a prediction is, and the gold entity it uses up.
struct Matched {
    Verdict verdict = Verdict::spurious;
    std::size_t gold = 0;
};

/// A gold entity in the same place; where labels count, with the same one.
template <class Mention>
Matched match_exactly(MatchMode mode, const Mention& predicted, std::span<const Mention> gold,
                      const std::vector<char>& used) {
    const bool label_counts = mode == MatchMode::strict || mode == MatchMode::type;
    for (std::size_t i = 0; i < gold.size(); ++i) {
        if (used[i] != 0 || !same_place(predicted, gold[i])) continue;
        if (!label_counts || predicted.label == gold[i].label) return {Verdict::correct, i};
    }
    return {};
}

/// partial: the first that overlaps.
template <class Mention>
Matched match_partly(const Mention& predicted, std::span<const Mention> gold, const std::vector<char>& used) {
    for (std::size_t i = 0; i < gold.size(); ++i)
        if (used[i] == 0 && overlaps(predicted, gold[i])) return {Verdict::partial, i};
    return {};
}

/// type: of the overlapping gold entities with the label the one whose boundaries are closest,
/// else the first that overlaps.
template <class Mention>
Matched match_type(const Mention& predicted, std::span<const Mention> gold, const std::vector<char>& used) {
    Matched best;
    std::optional<std::size_t> closest;
    for (std::size_t i = 0; i < gold.size(); ++i) {
        if (used[i] != 0 || !overlaps(predicted, gold[i])) continue;
        const auto away = distance(predicted, gold[i]);
        if (predicted.label == gold[i].label && (!closest || away < *closest)) {
            closest = away;
            best = {Verdict::correct, i};
        } else if (best.verdict == Verdict::spurious) {
            best = {Verdict::incorrect, i};
        }
    }
    return best;
}

}  // namespace

void SpanScorer::intern(std::span<const LabeledSpan> spans, std::vector<Mention>& into) {
    into.clear();
    for (const auto& span : spans) {
        expects(span.start < span.end, "a span is not empty");
        auto found = labels_.find(span.label);
        if (found == labels_.end()) {
            found = labels_.emplace(span.label, classes_.size()).first;
            classes_.emplace_back();
        }
        into.push_back({found->second, span.start, span.end});
        present_.push_back(found->second);
    }
}

void SpanScorer::count(std::span<const Mention> gold, std::span<const Mention> predicted, Counts& counts) {
    counts.gold += gold.size();
    counts.predicted += predicted.size();
    matched_.assign(gold.size(), 0);
    inexact_.clear();
    const auto take = [&](const Matched& found) {
        if (found.verdict == Verdict::spurious) return false;
        matched_[found.gold] = 1;
        if (found.verdict == Verdict::correct) ++counts.correct;
        if (found.verdict == Verdict::partial) ++counts.partial;
        return true;
    };
    // Who is right to the letter goes first: an overlapping neighbour that comes before it must not use up its gold.
    for (const auto& mention : predicted)
        if (!take(match_exactly(mode_, mention, gold, matched_))) inexact_.push_back(mention);
    for (const auto& mention : inexact_) {
        if (mode_ == MatchMode::partial) take(match_partly<Mention>(mention, gold, matched_));
        if (mode_ == MatchMode::type) take(match_type<Mention>(mention, gold, matched_));
    }
}

void SpanScorer::add(std::span<const LabeledSpan> gold, std::span<const LabeledSpan> predicted) {
    ++documents_;
    present_.clear();
    intern(gold, gold_);
    intern(predicted, predicted_);
    count(gold_, predicted_, all_);

    // A class is scored as if the other classes were not there, so that its row does not depend on them.
    std::ranges::sort(present_);
    present_.erase(std::ranges::unique(present_).begin(), present_.end());
    for (const auto label : present_) {
        const auto only = [label](const std::vector<Mention>& from, std::vector<Mention>& into) {
            into.clear();
            std::ranges::copy_if(from, std::back_inserter(into), [label](const auto& m) { return m.label == label; });
        };
        only(gold_, class_gold_);
        only(predicted_, class_predicted_);
        count(class_gold_, class_predicted_, classes_[label]);
    }
}

CountedScore SpanScorer::row(const Counts& counts) {
    const double tp = static_cast<double>(counts.correct) + 0.5 * static_cast<double>(counts.partial);
    return counted_score(tp, counts.predicted, counts.gold);
}

Report SpanScorer::report() const {
    Report report;
    report.mode = mode_;
    report.level = Level::entity;
    report.documents = documents_;
    for (const auto& [label, index] : labels_) report.classes.push_back({label, row(classes_[index])});
    report.micro = row(all_);
    average(report);
    return report;
}

}  // namespace prelabel::evaluation
