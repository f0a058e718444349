#pragma once

#include <prelabel/base/enum_names.hpp>

#include <array>
#include <cstddef>
#include <string>
#include <vector>

namespace prelabel::evaluation {

/// What makes a predicted entity correct. Each gold entity is matched once, in the order of the predictions.
enum class MatchMode {
    strict,   ///< same boundaries and same label
    exact,    ///< same boundaries, any label
    partial,  ///< same boundaries count one, an overlap counts half, any label
    type,     ///< same label and an overlap
};
constexpr auto enum_names(MatchMode) {
    return std::to_array<EnumName<MatchMode>>({
        {MatchMode::strict, "strict"},
        {MatchMode::exact, "exact"},
        {MatchMode::partial, "partial"},
        {MatchMode::type, "type"},
    });
}

/// What is counted.
enum class Level { entity, token };
constexpr auto enum_names(Level) {
    return std::to_array<EnumName<Level>>({
        {Level::entity, "entity"},
        {Level::token, "token"},
    });
}

/// Precision, recall and F1 as fractions, 0/0 = 0.
struct Score {
    double precision = 0;
    double recall = 0;
    double f1 = 0;
};

/// One row with its counts: precision = tp/(tp+fp), recall = tp/(tp+fn), support = tp+fn.
/// Unit: entities or tokens; halves occur only in partial mode.
struct CountedScore {
    Score score;
    std::size_t support = 0;
    double tp = 0;
    double fp = 0;
    double fn = 0;
};

struct ClassScore {
    std::string label;
    CountedScore counted;
};

/// The quality of predictions. The classes are those of gold and prediction together, in code point order.
/// `micro` scores all entities regardless of class;
/// `macro` is the plain mean of the classes, `weighted` the mean by support.
struct Report {
    MatchMode mode = MatchMode::strict;
    Level level = Level::entity;
    std::vector<ClassScore> classes;
    CountedScore micro;
    Score macro;
    Score weighted;
    std::size_t documents = 0;
};

/// A row from its counts. `predicted` and `gold` are numbers of entities; `tp` is at most each of them.
[[nodiscard]] CountedScore counted_score(double tp, std::size_t predicted, std::size_t gold);

/// Fills in the averages from the classes.
/// Source: sums in NumPy's pairwise order, so that averages equal scikit-learn's and seqeval's to the last bit.
void average(Report& report);

}  // namespace prelabel::evaluation
