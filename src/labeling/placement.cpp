#include "labeling/placement.hpp"

#include <iterator>

namespace prelabel::labeling {
namespace {

using Room = PlacedSpans::Room;

/// How many occurrences with room a mention looks at on either side of its anchor before it settles: a document that
/// repeats one name a thousand times must not make every mention look at all of them.
constexpr int looked_at_max = 16;

constexpr std::uint64_t steps_per_look = 32;

}  // namespace

Placement::Placement(const std::vector<Mention>& mentions, WorkBudget& budget)
    : mentions_(mentions),
      budget_(budget),
      spans_(mentions.size()),
      reasons_(mentions.size(), DiscardReason::not_in_text) {}

bool Placement::place(std::size_t mention, Candidates& candidates) {
    const std::size_t middle = candidates.first_from(anchor(mention));
    auto choice = best(mention, candidates, middle, candidates.size());
    if (!choice || choice->rank > 0) {
        const auto earlier = best(mention, candidates, 0, middle);
        if (earlier && (!choice || earlier->rank < choice->rank)) choice = earlier;
    }
    if (!choice) {
        refuse(mention, candidates);
        return false;
    }
    const std::string_view label = mentions_[mention].label;
    spans_[mention] = candidates[choice->index].span;
    placed_.insert(mention);
    taken_.place(*spans_[mention], label);
    candidates.hold_as(label);
    return true;
}

/// The best occurrence in [from, to); drops those that are hopeless.
std::optional<Placement::Choice> Placement::best(std::size_t mention, Candidates& candidates, std::size_t from,
                                                 std::size_t to) {
    std::optional<Choice> choice;
    int looked_at = 0;
    for (std::size_t at = candidates.next(from); at < to && looked_at < looked_at_max; at = candidates.next(at + 1)) {
        if (!budget_.spend(steps_per_look)) break;
        const auto& [span, fit] = candidates[at];
        const Room room = taken_.room(span, mentions_[mention].label, budget_);
        if (room != Room::free && room != Room::nested) {
            candidates.drop(at);
            if (room == Room::duplicate) candidates.hold_as(mentions_[mention].label);
            continue;
        }
        const int rank = (room == Room::nested ? 2 : 0) + (fit == Fit::attached ? 1 : 0);
        if (!choice || rank < choice->rank) choice = Choice{at, rank};
        if (rank == 0) break;
        ++looked_at;
    }
    return choice;
}

/// Where the answer's mentions before this one have led: it is given in order of appearance.
std::size_t Placement::anchor(std::size_t mention) const {
    const auto after = placed_.lower_bound(mention);
    return after == placed_.begin() ? 0 : spans_[*std::prev(after)]->start;
}

/// That it was said too often explains more than what a further place would have crossed.
void Placement::refuse(std::size_t mention, const Candidates& candidates) {
    if (candidates.held_as(mentions_[mention].label)) {
        reasons_[mention] = DiscardReason::duplicate;
    } else if (!candidates.empty() && reasons_[mention] != DiscardReason::duplicate) {
        reasons_[mention] = DiscardReason::overlap;
    }
}

}  // namespace prelabel::labeling
