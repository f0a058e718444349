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
    struct Events {
        std::function<void(rd_kafka_event_t*)> error;  ///< what else than records arrives in the queues
        /// An offset below what was delivered already: the topic is another one, or was cut. Nothing is read from the
        /// partition until resume().
        std::function<void(const Partition&, Offset delivered, Offset found)> went_back;
    };

    Assignment(rd_kafka_t* client, Wakeup& wakeup, Events events);
    Assignment(const Assignment&) = delete;
    Assignment& operator=(const Assignment&) = delete;
    ~Assignment();

    /// Takes the partition's queue out of the common one. Call it before the client starts to fetch the partition.
    void add(const Partition& partition);
    /// Nothing is read from it from now on.
    void revoke(const Partition& partition);
    void remove(const Partition& partition);
    /// Reads a partition that went back from where it is now, as if it had just been added.
    void resume(const Partition& partition);
    void clear();

    void grant(const Partition& partition, std::size_t records);
    void committed(const Partition& partition, Offset next);
    /// Committed earlier, by whomever: known unless a commit of ours has said more since.
    void found_committed(const Partition& partition, Offset next);
    void low(const Partition& partition, Offset low);
    void high(const Partition& partition, Offset high);
    /// Remembers where the partitions start now, as far as the client knows. Call it often: a start that nobody saw is
    /// not told from a gap.
    void look_at_starts();
    /// Something may have arrived in any queue.
    void signalled();

    /// Appends what has arrived and has credit, the ends that were reached, and what was lost before either.
    /// Partitions take turns: each read starts one further.
    void read(pipeline::Room room, pipeline::Batch& out);

    [[nodiscard]] bool empty() const { return partitions_.empty(); }
    [[nodiscard]] std::vector<Partition> partitions() const;
    [[nodiscard]] bool knows_every_commit() const;
    [[nodiscard]] std::vector<PartitionStats> stats() const;

private:
    struct Assigned;

    [[nodiscard]] Assigned* find(const Partition& partition);
    void read_one(Assigned& from, pipeline::Room& room, pipeline::Batch& out);
    void take(Assigned& from, rd_kafka_event_t* event, pipeline::Room& room, pipeline::Batch& out);
    void take_end(Assigned& from, rd_kafka_event_t* event, pipeline::Batch& out);
    void look_at_start(Assigned& from) const;
    static void add_start(Assigned& from, Offset start);
    void tell_lost(Assigned& from, Offset found, pipeline::Batch& out) const;
    void hand_out(Assigned& from, Record record, pipeline::Room& room, pipeline::Batch& out) const;
    void went_back(Assigned& from, Offset found);

    rd_kafka_t* client_;
    Wakeup& wakeup_;
    Events events_;
    std::vector<std::unique_ptr<Assigned>> partitions_;  // in order
    std::size_t turn_ = 0;
};

}  // namespace prelabel::kafka
