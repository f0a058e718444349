#pragma once

#include <prelabel/base/result.hpp>
#include <prelabel/evaluation/report.hpp>
#include <prelabel/evaluation/tags.hpp>

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace prelabel::files {

/// What to compare and how.
struct EvaluateOptions {
    std::string gold;
    std::string predicted;
    evaluation::MatchMode mode = evaluation::MatchMode::strict;
    evaluation::Level level = evaluation::Level::entity;
    evaluation::TagScheme tags = evaluation::TagScheme::lenient;
    /// Gold documents without a prediction (dead-lettered ones have none) count as documents without found entities.
    bool missing_as_empty = false;
    /// So many errors are listed with their context, the first ones; none: no list. Entity level only.
    std::optional<std::size_t> errors{};
};

/// A report, and what it leaves out.
struct Evaluation {
    evaluation::Report report;
    std::size_t without_prediction = 0;  ///< gold documents that were counted as empty
    std::size_t without_gold = 0;        ///< predictions that were ignored: their right answer is unknown
    std::string errors;                 ///< what was missed, invented, confused and cut, one a line; empty if not asked
    std::vector<std::string> warnings;  ///< why the figures may not mean what the user expects
};

/// Compares a file of predictions with gold, either of them CoNLL or JSONL.
///
/// Documents are paired by id, or by order if a side has no ids of its own; paired texts must be equal. Two CoNLL files
/// are compared token by token, with any spelling; other pairs are compared in code points. Token level uses CoNLL's
/// tokens if a side has them, else words(); on tags it ignores their prefixes.
/// Errors: Fault::config for wrong options or unreadable files; Fault::input, with file and line, if the files do not
///         match.
[[nodiscard]] Result<Evaluation> evaluate_files(const EvaluateOptions& options);

}  // namespace prelabel::files
