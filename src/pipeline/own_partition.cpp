#include <prelabel/pipeline/own_partition.hpp>

namespace prelabel::pipeline {
namespace {

std::optional<Progress> told_by(const flow::OffsetTracker& tracker, const Partition& partition) {
    const auto next = tracker.committable();
    if (!next) return std::nullopt;
    return Progress{partition, *next};
}

}  // namespace

std::optional<Progress> OwnPartition::progress(const std::vector<Origin>& together) const {
    std::optional<flow::OffsetTracker> with;  // a copy is for outboxes that need it
    for (const auto& origin : together) {
        if (origin.partition != partition) continue;
        if (!with) with = tracker;
        with->finish(origin.offset);
    }
    return told_by(with ? *with : tracker, partition);
}

}  // namespace prelabel::pipeline
