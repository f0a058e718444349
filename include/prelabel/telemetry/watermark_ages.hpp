#pragma once

#include <prelabel/base/record.hpp>
#include <prelabel/base/time.hpp>
#include <prelabel/kafka/stats.hpp>

#include <cstdint>
#include <map>
#include <optional>

namespace prelabel::telemetry {

/// Whether no record of the partition is left to label: it may only have to be committed.
[[nodiscard]] bool done_to_its_end(const kafka::PartitionStats& partition);

/// Records that are not committed, of all partitions. None without a partition, or while one's end is not known.
[[nodiscard]] std::optional<std::int64_t> lag_of(const kafka::SourceStats& source);

/// The ages of the partitions' oldest documents, also for a moment in which the worker has none of them in hand: while
/// there is a backlog the age goes on from the last one, so that no alert starts again.
///
///   in hand    4 s  5 s   –    –   2 s      –
///   backlog    9    9     8    8   7        0
///   age        4 s  5 s  6 s  7 s  2 s      none
///
/// Bound: the partitions that are assigned.   Threads: confined to the loop.
class WatermarkAges {
public:
    /// `ages`: of partitions that have a document in hand; those are added that had one.
    void carry_on(TimePoint now, const kafka::SourceStats& source, std::map<Partition, Duration>& ages);

private:
    std::map<Partition, TimePoint> written_;  // the oldest document that was seen in hand
};

}  // namespace prelabel::telemetry
