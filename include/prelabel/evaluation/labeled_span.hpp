#pragma once

#include <cstddef>
#include <string>

namespace prelabel::evaluation {

/// One marked mention: a label over the half-open range [start, end).
/// Unit: whatever both sides of a comparison count in, tokens or code points.
/// Bound: start < end.
struct LabeledSpan {
    std::string label;
    std::size_t start = 0;
    std::size_t end = 0;

    friend bool operator==(const LabeledSpan&, const LabeledSpan&) = default;
};

}  // namespace prelabel::evaluation
