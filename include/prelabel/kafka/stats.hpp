#pragma once

#include <prelabel/base/histogram.hpp>
#include <prelabel/base/record.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace prelabel::kafka {

/// The position of one assigned partition. Unit: offsets; a value is absent until the broker has reported it.
struct PartitionStats {
    Partition partition;
    std::optional<Offset> position;   ///< next record to be read from the client
    std::optional<Offset> committed;  ///< next record after a restart
    std::optional<Offset> low;        ///< oldest record the broker keeps
    std::optional<Offset> high;       ///< next record that will be written
    std::optional<std::int64_t> lag;  ///< high minus committed; before the first commit, high minus low
};

/// Counters since start; `partitions` is the current assignment. Cost: no call to a broker.
struct SourceStats {
    std::vector<PartitionStats> partitions;
    std::uint64_t records = 0;
    std::uint64_t bytes = 0;  ///< of keys and values
    std::uint64_t revocations = 0;
    std::uint64_t lost_assignments = 0;
    std::uint64_t restarts = 0;  ///< partitions whose offsets went back, because the topic was created again or cut
    std::uint64_t commits = 0;
    std::uint64_t failed_commits = 0;
    std::uint64_t errors = 0;
    std::optional<std::size_t> brokers_up;  ///< connections that stand; absent until the client has said so
};

/// Transactions since start, by how they ended.
struct TransactionStats {
    std::uint64_t committed = 0;
    std::uint64_t aborted = 0;
    std::uint64_t indefinite = 0;  ///< nobody answered a commit: read back, and counted once more as what it was
    Histogram seconds;             ///< from the first record to the end of those that were committed
};

/// Counters since start, and what is under way now.
struct SinkStats {
    std::uint64_t records = 0;  ///< acknowledged
    std::uint64_t bytes = 0;    ///< of acknowledged values
    std::uint64_t failed = 0;
    std::uint64_t waits_for_room = 0;  ///< writes that found a full queue
    std::uint64_t rebuilds = 0;        ///< producers replaced after a fatal error
    std::uint64_t sent_alone = 0;      ///< records sent again alone, because their batch was refused
    std::uint64_t errors = 0;
    std::size_t in_flight = 0;
    std::optional<std::size_t> brokers_up;  ///< as in SourceStats
    std::optional<TransactionStats> transactions;
};

}  // namespace prelabel::kafka
