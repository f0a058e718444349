#pragma once

#include <prelabel/flow/offset_tracker.hpp>
#include <prelabel/pipeline/admission.hpp>
#include <prelabel/pipeline/outbox.hpp>

#include <cstddef>
#include <map>
#include <memory>
#include <optional>
#include <utility>

namespace prelabel::pipeline {

/// A partition while it is ours: what is under way of it, and how far it is done and committed.
/// Lifetime: from its assignment to its release; documents that are abandoned keep it longer.
struct OwnPartition : Lease {
    OwnPartition(Partition of, std::size_t window) : partition(std::move(of)), tracker(window) {}

    /// How far it is done when the documents in `together` count as done too; none when nothing is.
    [[nodiscard]] std::optional<Progress> progress(const std::vector<Origin>& together) const;

    Partition partition;
    flow::OffsetTracker tracker;
    std::optional<Progress> committed;
    std::size_t witnesses = 0;  ///< read beyond the window
};

using OwnPartitions = std::map<Partition, std::shared_ptr<OwnPartition>>;

}  // namespace prelabel::pipeline
