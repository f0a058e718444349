#pragma once

#include <prelabel/evaluation/labeled_span.hpp>
#include <prelabel/evaluation/report.hpp>
#include <prelabel/labeling/findings.hpp>

#include <cstddef>
#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <vector>

namespace prelabel::evaluation {

/// Compares labels token by token: a token has the labels of the entities that cover any part of it.
/// Tokens without a label are not a class, because their number would improve the result. On tag files this is
/// scikit-learn's classification report over the tags without their prefixes, restricted to the labels.
///
/// Unit:  spans and tokens in the same unit.
/// Bound: memory grows with the number of labels.   Cost: entities × (log tokens + tokens covered).
class TokenScorer {
public:
    /// `tokens` in order, without overlap.
    void add(std::span<const LabeledSpan> gold, std::span<const LabeledSpan> predicted,
             std::span<const labeling::Span> tokens);
    [[nodiscard]] Report report() const;

private:
    struct Counts {
        std::uint64_t both = 0;
        std::uint64_t predicted = 0;
        std::uint64_t gold = 0;
    };
    std::map<std::string, Counts, std::less<>> classes_;
    std::size_t documents_ = 0;
};

}  // namespace prelabel::evaluation
