#pragma once

#include <prelabel/labeling/annotation.hpp>
#include <prelabel/labeling/task.hpp>

#include <cstddef>
#include <optional>
#include <string_view>
#include <vector>

#include <labeling/edges.hpp>
#include <labeling/placed_spans.hpp>

namespace prelabel::labeling {

/// A place where a mention may be.
struct Occurrence {
    Span span;
    Fit fit;  ///< becomes broken once there will never be room
};

/// All places where the mentions of one text may be, in order, and the labels under which some are taken.
struct Candidates {
    std::vector<Occurrence> occurrences;
    std::vector<std::string_view> holders;
};

/// Gives occurrences to mentions, one mention at a time, the surest first.
class Placement {
public:
    explicit Placement(const std::vector<Mention>& mentions);

    /// Takes the best place for the mention with this index; false when none has room.
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
                                             std::size_t to) const;
    void refuse(std::size_t mention, const Candidates& candidates);

    const std::vector<Mention>& mentions_;
    std::vector<std::optional<Span>> spans_;
    std::vector<DiscardReason> reasons_;
    PlacedSpans taken_;
};

}  // namespace prelabel::labeling
