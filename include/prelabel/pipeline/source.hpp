#pragma once

#include <prelabel/async/coroutine.hpp>
#include <prelabel/base/record.hpp>
#include <prelabel/base/result.hpp>
#include <prelabel/base/time.hpp>

#include <cstddef>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace prelabel::pipeline {

/// A partition and what its last owner committed of it, as far as that is known: the position, and the map of what is
/// done above it (flow::DoneMap).
struct AssignedPartition {
    Partition partition;
    std::optional<Offset> next{};
    std::string done_above{};
};

/// Partitions that are ours from now on; their records follow. Each starts without credit.
struct Assigned {
    std::vector<AssignedPartition> partitions;
};

/// Partitions that will be taken away once release() is called. No record of them follows.
/// `lost`: they already belong to somebody else; commit nothing for them.
struct Revoked {
    std::vector<Partition> partitions;
    bool lost = false;
};

/// A partition was read to its end: below `next` there is no record but those that were brought. What stands there
/// besides (markers of transactions, what was compacted away) is nobody's work.
struct ReadToEnd {
    Partition partition;
    Offset next = 0;
};

/// Offsets from `from` up to, but without, `to` are gone from the partition, and were not read: retention took them, or
/// somebody deleted them. What was never a record counts too: nobody can say any more what stood there.
struct Lost {
    Partition partition;
    Offset from = 0;
    Offset to = 0;

    friend bool operator==(const Lost&, const Lost&) = default;
};

/// Records, in order within each partition, each paid for with one credit of its partition, the ends that were
/// reached behind them, and what is known to be lost before them.
struct Batch {
    std::vector<Record> records;
    std::vector<ReadToEnd> ends{};
    std::vector<Lost> lost{};
};

/// There is nothing more to read, ever (files). Kafka never ends.
struct Ended {};

using SourceEvent = std::variant<Batch, Assigned, Revoked, Ended>;

/// What one next() may bring.
/// Bound: a batch stops at the first record that reaches either. With no room at all next() still waits, and brings
///        rebalances.
struct Room {
    std::size_t records = 0;
    std::size_t bytes = 0;
};

/// Port: where records come from. One coroutine calls next(), release() and close(), one at a time; grant() may be
/// called at any time, also while next() waits. Back-pressure: a partition is read only while it has credit; what is
/// not read stays with the broker.
class Source {
public:
    Source() = default;
    Source(const Source&) = delete;
    Source& operator=(const Source&) = delete;
    virtual ~Source() = default;

    /// Waits for the next event; a batch brings nothing only after nudge().
    /// Errors: Fault::dependency only when trying again cannot help (a fatal client error); passing trouble is waited
    ///         out inside. Fault::cancelled after stop().
    [[nodiscard]] virtual async::Coroutine<Result<SourceEvent>> next(Room room) = 0;
    /// The waiting next() returns, or the next one at once, with an empty batch if nothing is there: there is more room
    /// than it was told, or the caller has something else to do.
    virtual void nudge() = 0;
    /// Lets `records` more records of a partition be read. Granting for a partition that is gone is ignored.
    virtual void grant(const Partition& partition, std::size_t records) = 0;
    /// Confirms a Revoked event after its records are finished or dropped and their progress is committed.
    [[nodiscard]] virtual async::Coroutine<> release(std::vector<Partition> partitions) = 0;
    /// A waiting next() and every later one gives Fault::cancelled. Idempotent.
    virtual void stop() = 0;
    /// Leaves the group in order, or by force at `deadline`; no call follows.
    [[nodiscard]] virtual async::Coroutine<> close(TimePoint deadline) = 0;
};

}  // namespace prelabel::pipeline
