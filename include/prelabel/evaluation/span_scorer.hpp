#pragma once

#include <prelabel/evaluation/labeled_span.hpp>
#include <prelabel/evaluation/report.hpp>

#include <cstddef>
#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <vector>

namespace prelabel::evaluation {

/// Compares entities document by document.
///
/// Unit:   spans of gold and prediction in the same unit; half-open.
/// Bound:  memory grows with the number of labels, not of documents.
/// Cost:   gold × predicted per document.
/// Source: nervaluate 1.2's strategies with its defaults (an overlap is at least 1 % of the gold span); its ends are
///         inclusive, so spans that only touch do not overlap. The same span predicted twice is one correct and one
///         spurious entity. For entities without overlap (tags cannot express any other), strict mode equals seqeval
///         and conlleval.
/// Differs: nervaluate lets predictions choose in their order, so a prediction that only overlaps can use up a gold
///         entity that a later one matches exactly: with nested entities its overall score can be 0 while every class
///         has 1. Here exact matches are made first; strict and exact scores do not depend on any order.
class SpanScorer {
public:
    explicit SpanScorer(MatchMode mode) : mode_(mode) {}

    void add(std::span<const LabeledSpan> gold, std::span<const LabeledSpan> predicted);
    [[nodiscard]] Report report() const;

private:
    struct Mention {
        std::size_t label;
        std::size_t start;
        std::size_t end;
    };
    struct Counts {
        std::uint64_t correct = 0;
        std::uint64_t partial = 0;
        std::uint64_t predicted = 0;
        std::uint64_t gold = 0;
    };

    void intern(std::span<const LabeledSpan> spans, std::vector<Mention>& into);
    void count(std::span<const Mention> gold, std::span<const Mention> predicted, Counts& counts);
    [[nodiscard]] static CountedScore row(const Counts& counts);

    MatchMode mode_;
    std::map<std::string, std::size_t, std::less<>> labels_;
    std::vector<Counts> classes_;
    Counts all_;
    std::size_t documents_ = 0;
    // Buffers of add(), kept to allocate once.
    std::vector<Mention> gold_, predicted_, class_gold_, class_predicted_, inexact_;
    std::vector<char> matched_;
    std::vector<std::size_t> present_;
};

}  // namespace prelabel::evaluation
