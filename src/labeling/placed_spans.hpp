#pragma once

#include <prelabel/labeling/findings.hpp>
#include <prelabel/labeling/work_budget.hpp>

#include <compare>
#include <cstddef>
#include <string_view>
#include <vector>

namespace prelabel::labeling {

/// The spans that are taken so far. Any two are apart or one inside the other, so that of those that hold a place
/// the one that begins last is the innermost, and it alone tells whether a new span would cross any.
/// Cost: grows with the square root of the number of spans: they lie in blocks of at most 128, and a whole block is
///       skipped when it ends too early. What is looked at is charged to the budget.
class PlacedSpans {
public:
    enum class Room {
        free,       ///< touches no taken span
        nested,     ///< inside a taken span, around one, or both
        crossing,   ///< begins in a taken span and ends outside, or the other way round
        taken,      ///< taken under another label
        duplicate,  ///< taken under this label
    };

    [[nodiscard]] Room room(Span span, std::string_view label, WorkBudget& budget) const;
    /// The span must have room. `label` is kept as a view.
    void place(Span span, std::string_view label);

private:
    struct Placed {
        Span span;
        std::string_view label;
    };
    struct Block {  // not empty
        std::vector<Placed> spans;
        std::size_t end_max = 0;
    };
    struct Position {  // of a span, or behind the last one of a block
        std::size_t block = 0;
        std::size_t index = 0;

        friend auto operator<=>(const Position&, const Position&) = default;
    };

    [[nodiscard]] Position first_from(Span span) const;
    [[nodiscard]] const Placed* at(Position position) const;
    [[nodiscard]] const Placed* innermost(std::size_t place, WorkBudget& budget) const;

    std::vector<Block> blocks_;  // by start, then longest first
    std::size_t longest_ = 0;
};

}  // namespace prelabel::labeling
