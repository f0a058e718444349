#include "kafka/assignment.hpp"

#include "kafka/messages.hpp"

#include <algorithm>
#include <set>
#include <utility>

namespace prelabel::kafka {
namespace {

constexpr std::size_t starts_max = 256;

/// The least and the highest offset as the client knows them; negative where it does not.
struct Watermarks {
    std::int64_t low = RD_KAFKA_OFFSET_INVALID;
    std::int64_t high = RD_KAFKA_OFFSET_INVALID;
};

Watermarks watermarks_of(rd_kafka_t* client, const Partition& partition) {
    Watermarks known;
    rd_kafka_get_watermark_offsets(client, partition.topic.c_str(), partition.number, &known.low, &known.high);
    return known;
}

}  // namespace

struct Assignment::Assigned {
    Partition partition;
    QueuePtr queue;
    std::size_t credit = 0;
    bool ready = true;  ///< its queue may hold something
    bool revoked = false;
    std::optional<Record> held;  ///< the first record after the partition went back
    std::optional<Offset> position;
    std::optional<Offset> committed;
    std::optional<Offset> low;  ///< as asked; while nothing is fetched the client's own knowledge grows old
    std::optional<Offset> high;
    std::set<Offset> starts;  ///< where the partition has started, above what was read; at most `starts_max`

    ~Assigned() {
        if (queue) Wakeup::unwatch(queue.get());
    }
};

Assignment::Assignment(rd_kafka_t* client, Wakeup& wakeup, Events events)
    : client_(client), wakeup_(wakeup), events_(std::move(events)) {}

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

void Assignment::found_committed(const Partition& partition, Offset next) {
    if (auto* const found = find(partition); found && !found->committed) found->committed = next;
}

void Assignment::low(const Partition& partition, Offset low) {
    auto* const found = find(partition);
    if (!found) return;
    found->low = low;
    add_start(*found, low);
}

void Assignment::high(const Partition& partition, Offset high) {
    if (auto* const found = find(partition)) found->high = high;
}

void Assignment::resume(const Partition& partition) {
    auto* const found = find(partition);
    if (!found) return;
    found->credit = 0;
    found->ready = true;
    found->revoked = false;
    found->position = found->committed = found->low = found->high = std::nullopt;
    found->starts.clear();
}

void Assignment::look_at_starts() {
    // What the client knows may be of an earlier ownership, until something has been read in this one.
    for (auto& each : partitions_)
        if (each->position) look_at_start(*each);
}

void Assignment::look_at_start(Assigned& from) const {
    if (const auto low = watermarks_of(client_, from.partition).low; low >= 0) add_start(from, low);
}

void Assignment::add_start(Assigned& from, Offset start) {
    if (start <= from.position.value_or(-1)) return;
    from.starts.insert(start);
    if (from.starts.size() > starts_max) from.starts.erase(from.starts.begin());
}

/// A gap alone says nothing: markers of transactions and what is compacted away leave gaps, too. Records are lost where
/// the partition has started inside the gap. A start above it is of a later cut: what was found was fetched before.
void Assignment::tell_lost(Assigned& from, Offset found, pipeline::Batch& out) const {
    const auto expected = from.position ? from.position : from.committed;
    if (expected && found > *expected) {
        look_at_start(from);
        const auto above = from.starts.upper_bound(found);
        if (above != from.starts.begin() && *std::prev(above) > *expected)
            out.lost.push_back({from.partition, *expected, *std::prev(above)});
    }
    from.starts.erase(from.starts.begin(), from.starts.upper_bound(found));
}

bool Assignment::knows_every_commit() const {
    return std::ranges::all_of(partitions_, [](const auto& each) { return each->committed.has_value(); });
}

void Assignment::signalled() {
    for (auto& each : partitions_) each->ready = true;
}

void Assignment::read(pipeline::Room room, pipeline::Batch& out) {
    const auto count = partitions_.size();
    if (count == 0) return;
    const auto first = turn_++ % count;
    for (std::size_t i = 0; i < count && room.records > 0 && room.bytes > 0; ++i)
        read_one(*partitions_[(first + i) % count], room, out);
}

void Assignment::read_one(Assigned& from, pipeline::Room& room, pipeline::Batch& out) {
    while (from.ready && !from.revoked && from.credit > 0 && room.records > 0 && room.bytes > 0) {
        if (from.held) {
            hand_out(from, std::move(*std::exchange(from.held, std::nullopt)), room, out);
            continue;
        }
        const EventPtr event(rd_kafka_queue_poll(from.queue.get(), 0));
        if (event) {
            take(from, event.get(), room, out);
        } else {
            from.ready = false;
        }
    }
}

void Assignment::take(Assigned& from, rd_kafka_event_t* event, pipeline::Room& room, pipeline::Batch& out) {
    if (rd_kafka_event_type(event) != RD_KAFKA_EVENT_FETCH) {
        if (rd_kafka_event_error(event) == RD_KAFKA_RESP_ERR__PARTITION_EOF) return take_end(from, event, out);
        return events_.error(event);
    }
    // The client gives one message an event.
    while (const auto* const message = rd_kafka_event_message_next(event)) {
        auto record = record_of(*message, from.partition);
        if (from.position && message->offset < *from.position) {
            from.held = std::move(record);
            return went_back(from, message->offset);
        }
        hand_out(from, std::move(record), room, out);
    }
}

void Assignment::take_end(Assigned& from, rd_kafka_event_t* event, pipeline::Batch& out) {
    auto* const at = rd_kafka_event_topic_partition(event);
    if (!at) return;
    const Offset end = at->offset;
    rd_kafka_topic_partition_destroy(at);
    if (from.position && end < *from.position) return went_back(from, end);
    tell_lost(from, end, out);
    from.position = end;
    out.ends.push_back({from.partition, end});
}

void Assignment::hand_out(Assigned& from, Record record, pipeline::Room& room, pipeline::Batch& out) const {
    tell_lost(from, record.origin.offset, out);
    from.position = record.origin.offset + 1;
    --from.credit;
    --room.records;
    room.bytes -= std::min(room.bytes, record.bytes());
    out.records.push_back(std::move(record));
}

void Assignment::went_back(Assigned& from, Offset found) {
    from.revoked = true;
    events_.went_back(from.partition, *from.position, found);
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
        stats.low = each->low;
        // What the client knows may be of an earlier ownership, until something has been read in this one.
        const auto [low, high] = each->position ? watermarks_of(client_, each->partition) : Watermarks{};
        if (low >= 0) stats.low = std::max(low, stats.low.value_or(0));
        if (high >= 0) stats.high = std::max(high, stats.high.value_or(0));
        // Retention may have passed what is committed: those records are gone, and nobody is behind by them.
        const auto done = stats.low ? std::max(*stats.low, each->committed.value_or(0)) : each->committed;
        if (done && stats.high) stats.lag = std::max<std::int64_t>(0, *stats.high - *done);
        out.push_back(std::move(stats));
    }
    return out;
}

}  // namespace prelabel::kafka
