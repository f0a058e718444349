#pragma once

#include <prelabel/labeling/annotation.hpp>
#include <prelabel/labeling/task.hpp>

#include <string_view>
#include <vector>

namespace prelabel::labeling {

/// Finds each mention in the document and gives it its true span; what is not there is set aside with a reason.
///
/// Mentions are taken in order: a repeated mention takes the next occurrence, not the first again. Matching is exact first,
/// then normalized (case, white space, Unicode form) over an index that maps every normalized position back to the
/// document, never a lower-cased copy whose indices are reused. Nothing is invented.
/// Cost: one pass over the text for exact matches; the normalized view is built only when an exact match fails.
class Grounder {
public:
    explicit Grounder(const std::vector<Label>& labels);

    /// `text` must be valid UTF-8.
    [[nodiscard]] Findings ground(std::string_view text, const std::vector<Mention>& mentions) const;

private:
    std::vector<std::string> labels_;
};

}  // namespace prelabel::labeling
