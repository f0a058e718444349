#include "labeling/placed_spans.hpp"

#include <algorithm>
#include <limits>

namespace prelabel::labeling {
namespace {

constexpr std::size_t block_max = 128;
constexpr std::size_t farthest = std::numeric_limits<std::size_t>::max();

bool comes_before(Span one, Span other) {
    return one.start < other.start || (one.start == other.start && one.end > other.end);
}

}  // namespace

/// Where `span` stands or belongs.
PlacedSpans::Position PlacedSpans::first_from(Span span) const {
    const auto block =
        std::ranges::lower_bound(blocks_, span, comes_before, [](const Block& one) { return one.spans.back().span; });
    if (block == blocks_.end()) return {blocks_.size(), 0};
    const auto found = std::ranges::lower_bound(block->spans, span, comes_before, &Placed::span);
    return {static_cast<std::size_t>(block - blocks_.begin()), static_cast<std::size_t>(found - block->spans.begin())};
}

const PlacedSpans::Placed* PlacedSpans::at(Position position) const {
    return position.block < blocks_.size() ? &blocks_[position.block].spans[position.index] : nullptr;
}

/// The shortest span that begins before `place` and ends behind it.
const PlacedSpans::Placed* PlacedSpans::innermost(std::size_t place, WorkBudget& budget) const {
    Position position = first_from({place, farthest});
    std::uint64_t looked_at = 1;
    const Placed* found = nullptr;
    for (std::size_t block = position.block + 1; block-- > 0 && found == nullptr;) {
        if (block == blocks_.size()) continue;
        const auto& spans = blocks_[block].spans;
        if (block != position.block && spans.back().span.start + longest_ <= place) break;
        ++looked_at;
        if (blocks_[block].end_max <= place) continue;
        std::size_t index = block == position.block ? position.index : spans.size();
        while (index > 0 && spans[index - 1].span.end <= place) --index, ++looked_at;
        if (index > 0) found = &spans[index - 1];
    }
    static_cast<void>(budget.spend(looked_at));
    return found;
}

PlacedSpans::Room PlacedSpans::room(Span span, std::string_view label, WorkBudget& budget) const {
    const Placed* next = at(first_from(span));
    if (next != nullptr && next->span == span) return next->label == label ? Room::duplicate : Room::taken;
    const Placed* over_start = innermost(span.start, budget);
    if (over_start != nullptr && over_start->span.end < span.end) return Room::crossing;
    const Placed* over_end = innermost(span.end, budget);
    if (over_end != nullptr && over_end->span.start > span.start) return Room::crossing;
    const bool around = next != nullptr && next->span.start < span.end;
    return over_start != nullptr || over_end != nullptr || around ? Room::nested : Room::free;
}

void PlacedSpans::place(Span span, std::string_view label) {
    longest_ = std::max(longest_, span.end - span.start);
    auto [block, index] = first_from(span);
    if (block == blocks_.size()) {
        if (blocks_.empty()) blocks_.emplace_back();
        block = blocks_.size() - 1;
        index = blocks_[block].spans.size();
    }
    auto& spans = blocks_[block].spans;
    spans.insert(spans.begin() + static_cast<std::ptrdiff_t>(index), Placed{span, label});
    blocks_[block].end_max = std::max(blocks_[block].end_max, span.end);
    if (spans.size() <= block_max) return;
    Block second;
    const auto middle = spans.begin() + block_max / 2;
    second.spans.assign(middle, spans.end());
    spans.erase(middle, spans.end());
    for (Block* half : {&blocks_[block], &second})
        half->end_max = std::ranges::max(half->spans, {}, [](const Placed& one) { return one.span.end; }).span.end;
    blocks_.insert(blocks_.begin() + static_cast<std::ptrdiff_t>(block) + 1, std::move(second));
}

}  // namespace prelabel::labeling
