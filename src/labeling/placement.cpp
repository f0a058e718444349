#include <algorithm>

#include <labeling/placement.hpp>

namespace prelabel::labeling {
namespace {

using Room = PlacedSpans::Room;

/// How many occurrences with room a mention looks at on either side of its anchor before it settles: a document that
/// repeats one name a thousand times must not make every mention look at all of them.
constexpr int looked_at_max = 16;

bool holds(const Candidates& candidates, std::string_view label) {
    return std::ranges::find(candidates.holders, label) != candidates.holders.end();
}

}  // namespace

Placement::Placement(const std::vector<Mention>& mentions)
    : mentions_(mentions), spans_(mentions.size()), reasons_(mentions.size(), DiscardReason::not_in_text) {
    taken_.reserve(mentions.size());
}

bool Placement::place(std::size_t mention, Candidates& candidates) {
    auto& occurrences = candidates.occurrences;
    const auto start_of = [](const Occurrence& occurrence) { return occurrence.span.start; };
    const auto after = std::ranges::lower_bound(occurrences, anchor(mention), {}, start_of);
    const auto middle = static_cast<std::size_t>(after - occurrences.begin());
    auto choice = best(mention, candidates, middle, occurrences.size());
    if (!choice || choice->rank > 0) {
        const auto earlier = best(mention, candidates, 0, middle);
        if (earlier && (!choice || earlier->rank < choice->rank)) choice = earlier;
    }
    if (!choice) {
        refuse(mention, candidates);
        return false;
    }
    const std::string_view label = mentions_[mention].label;
    spans_[mention] = occurrences[choice->index].span;
    taken_.place(*spans_[mention], label);
    if (!holds(candidates, label)) candidates.holders.push_back(label);
    return true;
}

/// The best occurrence in [from, to); marks those that are hopeless, for spans once taken stay taken.
std::optional<Placement::Choice> Placement::best(std::size_t mention, Candidates& candidates, std::size_t from,
                                                 std::size_t to) const {
    std::optional<Choice> choice;
    int looked_at = 0;
    for (std::size_t at = from; at < to && looked_at < looked_at_max; ++at) {
        auto& [span, fit] = candidates.occurrences[at];
        if (fit == Fit::broken) continue;
        const Room room = taken_.room(span, mentions_[mention].label);
        if (room != Room::free && room != Room::nested) {
            fit = Fit::broken;
            if (room == Room::duplicate && !holds(candidates, mentions_[mention].label))
                candidates.holders.push_back(mentions_[mention].label);
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
    while (mention > 0) {
        if (spans_[--mention]) return spans_[mention]->start;
    }
    return 0;
}

/// That it was said too often explains more than what a further place would have crossed.
void Placement::refuse(std::size_t mention, const Candidates& candidates) {
    if (holds(candidates, mentions_[mention].label)) {
        reasons_[mention] = DiscardReason::duplicate;
    } else if (!candidates.occurrences.empty() && reasons_[mention] != DiscardReason::duplicate) {
        reasons_[mention] = DiscardReason::overlap;
    }
}

}  // namespace prelabel::labeling
