#include <algorithm>

#include <labeling/placed_spans.hpp>

namespace prelabel::labeling {

PlacedSpans::Room PlacedSpans::room(Span span, std::string_view label) const {
    const auto start_of = [](const Placed& placed) { return placed.span.start; };
    const std::size_t from = span.start > longest_ ? span.start - longest_ : 0;
    auto room = Room::free;
    for (auto at = std::ranges::lower_bound(placed_, from, {}, start_of);
         at != placed_.end() && at->span.start < span.end; ++at) {
        const Span other = at->span;
        if (other.end <= span.start) continue;
        if (other == span) return at->label == label ? Room::duplicate : Room::taken;
        const bool inside_other = other.start <= span.start && span.end <= other.end;
        const bool around_other = span.start <= other.start && other.end <= span.end;
        if (!inside_other && !around_other) return Room::crossing;
        room = Room::nested;
    }
    return room;
}

void PlacedSpans::place(Span span, std::string_view label) {
    const auto start_of = [](const Placed& placed) { return placed.span.start; };
    placed_.insert(std::ranges::upper_bound(placed_, span.start, {}, start_of), Placed{span, label});
    longest_ = std::max(longest_, span.end - span.start);
}

}  // namespace prelabel::labeling
