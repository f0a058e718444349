#pragma once

#include "labeling/candidates.hpp"
#include "labeling/placed_spans.hpp"

#include <prelabel/labeling/findings.hpp>
#include <prelabel/labeling/task.hpp>
#include <prelabel/labeling/work_budget.hpp>

#include <cstddef>
#include <optional>
#include <set>
#include <string_view>
#include <vector>

namespace prelabel::labeling {

/// Gives occurrences to mentions, one mention at a time, the surest first.
/// Cost: a mention looks at a few places with room; each place without room is looked at once for all mentions.
class Placement {
public:
    Placement(const std::vector<Mention>& mentions, WorkBudget& budget);

    /// Takes the best place for the mention with this index; false when none has room or the budget has ended.
    bool place(std::size_t mention, Candidates& candidates);

    [[nodiscard]] bool placed(std::size_t mention) const { return spans_[mention].has_value(); }
    [[nodiscard]] Span span(std::size_t mention) const { return *spans_[mention]; }
    /// Why the mention is not placed, as far as it was tried.
    [[nodiscard]] DiscardReason reason(std::size_t mention) const { return reasons_[mention]; }

private:
    struct Choice {
        std::size_t index;
        int rank;
    };

    [[nodiscard]] std::size_t anchor(std::size_t mention) const;
    [[nodiscard]] std::optional<Choice> best(std::size_t mention, Candidates& candidates, std::size_t from,
                                             std::size_t to);
    void refuse(std::size_t mention, const Candidates& candidates);

    const std::vector<Mention>& mentions_;
    WorkBudget& budget_;
    std::vector<std::optional<Span>> spans_;
    std::set<std::size_t> placed_;  // mentions that have a span
    std::vector<DiscardReason> reasons_;
    PlacedSpans taken_;
};

}  // namespace prelabel::labeling
