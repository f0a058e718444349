#include "kafka/assignment.hpp"

#include "kafka/messages.hpp"

#include <algorithm>
#include <utility>

namespace prelabel::kafka {

struct Assignment::Assigned {
    Partition partition;
    QueuePtr queue;
    std::size_t credit = 0;
    bool ready = true;  ///< its queue may hold something
    bool revoked = false;
    std::optional<Offset> position;
    std::optional<Offset> committed;
    std::optional<Offset> high;  ///< as asked; while nothing is fetched the client's own knowledge grows old

    ~Assigned() {
        if (queue) Wakeup::unwatch(queue.get());
    }
};

Assignment::Assignment(rd_kafka_t* client, Wakeup& wakeup, std::function<void(rd_kafka_event_t*)> on_error)
    : client_(client), wakeup_(wakeup), on_error_(std::move(on_error)) {}

Assignment::~Assignment() = default;

void Assignment::add(const Partition& partition) {
    remove(partition);
    auto assigned = std::make_unique<Assigned>();
    assigned->partition = partition;
    assigned->queue.reset(rd_kafka_queue_get_partition(client_, partition.topic.c_str(), partition.number));
    expects(assigned->queue != nullptr, "an assigned partition has a queue");
    rd_kafka_queue_forward(assigned->queue.get(), nullptr);
    wakeup_.watch(assigned->queue.get());
    const auto at = std::ranges::lower_bound(partitions_, partition, {},
                                             [](const auto& each) -> const Partition& { return each->partition; });
    partitions_.insert(at, std::move(assigned));
}

void Assignment::revoke(const Partition& partition) {
    if (auto* const found = find(partition)) found->revoked = true;
}

void Assignment::remove(const Partition& partition) {
    std::erase_if(partitions_, [&](const auto& each) { return each->partition == partition; });
}

Assignment::Assigned* Assignment::find(const Partition& partition) {
    const auto at = std::ranges::lower_bound(partitions_, partition, {},
                                             [](const auto& each) -> const Partition& { return each->partition; });
    return at != partitions_.end() && (*at)->partition == partition ? at->get() : nullptr;
}

void Assignment::clear() { partitions_.clear(); }

void Assignment::grant(const Partition& partition, std::size_t records) {
    if (auto* const found = find(partition)) found->credit += records;
}

void Assignment::committed(const Partition& partition, Offset next) {
    if (auto* const found = find(partition)) found->committed = next;
}

void Assignment::watermark(const Partition& partition, Offset high) {
    if (auto* const found = find(partition)) found->high = high;
}

void Assignment::signalled() {
    for (auto& each : partitions_) each->ready = true;
}

void Assignment::read(pipeline::Room room, std::vector<Record>& out) {
    const auto count = partitions_.size();
    if (count == 0) return;
    const auto first = turn_++ % count;
    for (std::size_t i = 0; i < count && room.records > 0 && room.bytes > 0; ++i)
        read_one(*partitions_[(first + i) % count], room, out);
}

void Assignment::read_one(Assigned& from, pipeline::Room& room, std::vector<Record>& out) {
    while (from.ready && !from.revoked && from.credit > 0 && room.records > 0 && room.bytes > 0) {
        const EventPtr event(rd_kafka_queue_poll(from.queue.get(), 0));
        if (event) {
            take(from, event.get(), room, out);
        } else {
            from.ready = false;
        }
    }
}

void Assignment::take(Assigned& from, rd_kafka_event_t* event, pipeline::Room& room, std::vector<Record>& out) {
    if (rd_kafka_event_type(event) != RD_KAFKA_EVENT_FETCH) {
        if (rd_kafka_event_error(event) == RD_KAFKA_RESP_ERR__PARTITION_EOF) {
            if (auto* const at = rd_kafka_event_topic_partition(event)) {
                from.position = std::max(from.position.value_or(0), at->offset);
                rd_kafka_topic_partition_destroy(at);
            }
            return;
        }
        return on_error_(event);
    }
    while (const auto* const message = rd_kafka_event_message_next(event)) {
        out.push_back(record_of(*message, from.partition));
        from.position = message->offset + 1;
        --from.credit;
        --room.records;
        room.bytes -= std::min(room.bytes, out.back().bytes());
    }
}

std::vector<Partition> Assignment::partitions() const {
    std::vector<Partition> out;
    for (const auto& each : partitions_) out.push_back(each->partition);
    return out;
}

std::vector<PartitionStats> Assignment::stats() const {
    std::vector<PartitionStats> out;
    for (const auto& each : partitions_) {
        PartitionStats stats;
        stats.partition = each->partition;
        stats.position = each->position;
        stats.committed = each->committed;
        stats.high = each->high;
        std::int64_t low = RD_KAFKA_OFFSET_INVALID;
        std::int64_t high = RD_KAFKA_OFFSET_INVALID;
        rd_kafka_get_watermark_offsets(client_, each->partition.topic.c_str(), each->partition.number, &low, &high);
        if (low >= 0) stats.low = low;
        if (high >= 0) stats.high = std::max(high, stats.high.value_or(0));
        const auto done = each->committed ? each->committed : each->position;
        if (done && stats.high) stats.lag = std::max<std::int64_t>(0, *stats.high - *done);
        out.push_back(std::move(stats));
    }
    return out;
}

}  // namespace prelabel::kafka
