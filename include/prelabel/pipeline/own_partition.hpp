#pragma once

#include <prelabel/flow/offset_tracker.hpp>
#include <prelabel/pipeline/outbox.hpp>
#include <prelabel/pipeline/scope.hpp>
#include <prelabel/pipeline/source.hpp>

#include <cstddef>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <vector>

namespace prelabel::pipeline {

/// A partition while it is ours: what is under way of it, how far it is done, and how far that is committed.
/// Bound:    what is held was paid for with credit, so that it is less than the window.
/// Lifetime: from its assignment to its release; documents that are abandoned keep it longer.
struct OwnPartition : Lease {
    OwnPartition(AssignedPartition assigned, std::size_t window);

    /// How far it is done when the documents in `together` count as done too; none when nothing is.
    [[nodiscard]] std::optional<Progress> progress(const std::vector<Origin>& together) const;

    Partition partition;
    flow::OffsetTracker tracker;
    std::optional<Progress> committed;
    std::deque<Record> held;    ///< read, and without room in the window: the map of what is done might not fit
    std::optional<Offset> end;  ///< reached after what is held
    std::size_t witnesses = 0;  ///< read beyond the window
    std::size_t documents = 0;  ///< in flight or held
};

using OwnPartitions = std::map<Partition, std::shared_ptr<OwnPartition>>;

}  // namespace prelabel::pipeline
