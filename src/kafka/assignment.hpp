#pragma once

#include "kafka/handles.hpp"
#include "kafka/wakeup.hpp"

#include <prelabel/base/record.hpp>
#include <prelabel/kafka/stats.hpp>
#include <prelabel/pipeline/source.hpp>

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

namespace prelabel::kafka {

/// The partitions that are ours, each with its own queue in the client, its credit and its place.
///
/// A partition that is being revoked stays until it is removed, but nothing is read from it any more.
/// Threads: confined to the loop.
class Assignment {
public:
    /// `on_error` takes what else than records arrives in the queues.
    Assignment(rd_kafka_t* client, Wakeup& wakeup, std::function<void(rd_kafka_event_t*)> on_error);
    Assignment(const Assignment&) = delete;
    Assignment& operator=(const Assignment&) = delete;
    ~Assignment();

    /// Takes the partition's queue out of the common one. Call it before the client starts to fetch the partition.
    void add(const Partition& partition);
    /// Nothing is read from it from now on.
    void revoke(const Partition& partition);
    void remove(const Partition& partition);
    void clear();

    void grant(const Partition& partition, std::size_t records);
    void committed(const Partition& partition, Offset next);
    void watermark(const Partition& partition, Offset high);
    /// Something may have arrived in any queue.
    void signalled();

    /// Appends what has arrived and has credit. Partitions take turns: each read starts one further.
    void read(pipeline::Room room, std::vector<Record>& out);

    [[nodiscard]] bool empty() const { return partitions_.empty(); }
    [[nodiscard]] std::vector<Partition> partitions() const;
    [[nodiscard]] std::vector<PartitionStats> stats() const;

private:
    struct Assigned;

    [[nodiscard]] Assigned* find(const Partition& partition);
    void read_one(Assigned& from, pipeline::Room& room, std::vector<Record>& out);
    void take(Assigned& from, rd_kafka_event_t* event, pipeline::Room& room, std::vector<Record>& out);

    rd_kafka_t* client_;
    Wakeup& wakeup_;
    std::function<void(rd_kafka_event_t*)> on_error_;
    std::vector<std::unique_ptr<Assigned>> partitions_;  // in order
    std::size_t turn_ = 0;
};

}  // namespace prelabel::kafka
