#include <prelabel/base/expects.hpp>
#include <prelabel/pipeline/own_partition.hpp>

#include <utility>

namespace prelabel::pipeline {
namespace {

/// A text that is none of ours says nothing: what it might mean is labeled again.
flow::DoneMap done_before(const AssignedPartition& assigned) {
    if (!assigned.next) return {};
    return flow::DoneMap::decode(assigned.done_above, *assigned.next).value_or(flow::DoneMap{*assigned.next, {}});
}

Progress progress_of(const Partition& partition, const flow::DoneMap& done) {
    auto text = done.encode();
    expects(text.has_value(), "a record with which the map might not fit has no room");
    return {partition, done.next, std::move(*text)};
}

}  // namespace

OwnPartition::OwnPartition(AssignedPartition assigned, std::size_t window)
    : partition(assigned.partition), tracker(window, done_before(assigned)) {
    if (assigned.next) committed = Progress{partition, *assigned.next, std::move(assigned.done_above)};
}

std::optional<Progress> OwnPartition::progress(const std::vector<Origin>& together) const {
    std::optional<flow::OffsetTracker> with;  // a copy is for outboxes that need it
    for (const auto& origin : together) {
        if (origin.partition != partition) continue;
        if (!with) with = tracker;
        with->finish(origin.offset);
    }
    const auto done = with ? with->done_above() : tracker.done_above();
    if (!done) return std::nullopt;
    return progress_of(partition, *done);
}

}  // namespace prelabel::pipeline
