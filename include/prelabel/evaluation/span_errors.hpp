#pragma once

#include <prelabel/base/enum_names.hpp>
#include <prelabel/evaluation/labeled_span.hpp>

#include <array>
#include <optional>
#include <span>
#include <vector>

namespace prelabel::evaluation {

enum class SpanErrorKind {
    missed,    ///< nothing was predicted there
    invented,  ///< nothing is there
    confused,  ///< another label was predicted, in the same place or one that overlaps
    cut,       ///< the label is right, its boundaries are not
};
constexpr auto enum_names(SpanErrorKind) {
    return std::to_array<EnumName<SpanErrorKind>>({
        {SpanErrorKind::missed, "missed"},
        {SpanErrorKind::invented, "invented"},
        {SpanErrorKind::confused, "confused"},
        {SpanErrorKind::cut, "cut"},
    });
}

/// Unit: as the spans that were compared.
struct SpanError {
    SpanErrorKind kind = SpanErrorKind::missed;
    std::optional<LabeledSpan> gold;
    std::optional<LabeledSpan> predicted;
};

/// What is wrong with a document's predictions, by place. Each span stands in one error at most; those that are equal
/// on both sides stand in none. A prediction is compared with the gold span of its own label first,
/// then with the first that overlaps.
/// Cost: gold × predicted.
[[nodiscard]] std::vector<SpanError> span_errors(std::span<const LabeledSpan> gold,
                                                 std::span<const LabeledSpan> predicted);

}  // namespace prelabel::evaluation
