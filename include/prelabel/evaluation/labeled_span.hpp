#pragma once

#include <cstddef>
#include <string>

namespace prelabel::evaluation {

/// One marked mention: a label over the half-open range [start, end).
/// Unit: tokens or code points, the same on both sides of a comparison.
/// Bound: start < end.
struct LabeledSpan {
    std::string label;
    std::size_t start = 0;
    std::size_t end = 0;

    friend bool operator==(const LabeledSpan&, const LabeledSpan&) = default;
};

}  // namespace prelabel::evaluation
