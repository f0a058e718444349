// The group's side of KafkaSource::Impl: partitions come and go, and how far they reach.
#include "kafka/explain.hpp"
#include "kafka/source_impl.hpp"

#include <algorithm>
#include <string_view>
#include <utility>

namespace prelabel::kafka {
namespace {

// While a partition is held back nothing is fetched, and the client's own idea of its end grows old:
// the broker is asked.
constexpr auto positions_interval = std::chrono::seconds(10);
// The group's coordinator has just answered; whoever waits longer for it labels some documents twice instead. Where
// that must not be, it is only said that they wait.
constexpr auto committed_wait = std::chrono::seconds(5);

std::vector<Partition> partitions_of(const rd_kafka_topic_partition_list_t* list) {
    std::vector<Partition> partitions;
    for (int i = 0; i < list->cnt; ++i) partitions.push_back({list->elems[i].topic, list->elems[i].partition});
    return partitions;
}

PartitionListPtr list_of(const std::vector<Partition>& partitions) {
    PartitionListPtr list(rd_kafka_topic_partition_list_new(static_cast<int>(partitions.size())));
    for (const auto& [topic, number] : partitions) rd_kafka_topic_partition_list_add(list.get(), topic.c_str(), number);
    return list;
}

}  // namespace

void KafkaSource::Impl::rebalance(rd_kafka_event_t* event) {
    const std::string_view protocol = rd_kafka_rebalance_protocol(client_.get());
    incremental_ = protocol == "COOPERATIVE";
    auto* const list = rd_kafka_event_topic_partition_list(event);
    switch (rd_kafka_event_error(event)) {
        case RD_KAFKA_RESP_ERR__ASSIGN_PARTITIONS:
            assign(list);
            break;
        case RD_KAFKA_RESP_ERR__REVOKE_PARTITIONS:
            revoke(list);
            break;
        default:
            say(Severity::error, "rebalance: " + explain(rd_kafka_event_error(event)));
            rd_kafka_assign(client_.get(), nullptr);
            break;
    }
    wake(news_);
}

void KafkaSource::Impl::assign(rd_kafka_topic_partition_list_t* list) {
    auto partitions = partitions_of(list);
    if (!closing_)
        for (const auto& partition : partitions) assignment_.add(partition);
    if (incremental_) {
        const ErrorPtr error(rd_kafka_incremental_assign(client_.get(), list));
        if (error) say(Severity::error, std::string("assignment: ") + rd_kafka_error_string(error.get()));
    } else if (const auto error = rd_kafka_assign(client_.get(), list); error != RD_KAFKA_RESP_ERR_NO_ERROR) {
        say(Severity::error, "assignment: " + explain(error));
    }
    positions_due_ = clock_.now();
    if (closing_) return;
    // Its records wait for their credit: nothing is done again because the answer came a moment later.
    pipeline::Assigned assigned;
    for (const auto& partition : partitions) assigned.partitions.push_back({partition});
    if (partitions.empty()) return events_.push_back({std::move(assigned)});
    events_.push_back({std::move(assigned), clock_.now() + committed_wait, ++questions_});
    ask_about(events_.back());
}

bool KafkaSource::Impl::take_back(const std::vector<Partition>& partitions) {
    if (!group_.stable || events_.empty() || !events_.back().until) return false;
    const auto& untold = std::get<pipeline::Assigned>(events_.back().event).partitions;
    if (!std::ranges::equal(untold, partitions, {}, &pipeline::AssignedPartition::partition)) return false;
    events_.pop_back();
    for (const auto& partition : partitions) assignment_.remove(partition);
    unassign(partitions);
    return true;
}

void KafkaSource::Impl::revoke(const rd_kafka_topic_partition_list_t* list) {
    auto partitions = partitions_of(list);
    if (closing_) return unassign(partitions);
    if (take_back(partitions)) return;
    // What is in flight of a topic that is gone must not be committed to its successor of the same name.
    const bool lost = topic_gone_ || rd_kafka_assignment_lost(client_.get()) != 0;
    topic_gone_ = false;
    for (const auto& partition : partitions) assignment_.revoke(partition);
    ++counters_.revocations;
    if (lost) ++counters_.lost_assignments;
    unreleased_.push_back({partitions, std::nullopt});
    events_.push_back({pipeline::Revoked{std::move(partitions), lost}});
}

async::Coroutine<> KafkaSource::Impl::release(std::vector<Partition> partitions) {
    expects(!unreleased_.empty() && unreleased_.front().partitions == partitions,
            "what is released is the oldest revocation");
    const auto found = unreleased_.front().found;
    unreleased_.pop_front();
    if (found) {
        resume(partitions.front(), *found);
        co_return;
    }
    for (const auto& partition : partitions) assignment_.remove(partition);
    unassign(partitions);
    co_return;
}

void KafkaSource::Impl::went_back(const Partition& partition, Offset delivered, Offset found) {
    ++counters_.restarts;
    say(Severity::error,
        partition.topic + "/" + std::to_string(partition.number) + " went back from offset " +
            std::to_string(delivered) + " to " + std::to_string(found) +
            ": the topic was deleted and created again, or cut; it is read from there, and what was in "
            "flight of it is given up");
    unreleased_.push_back({{partition}, found});
    events_.push_back({pipeline::Revoked{{partition}, true}});
}

void KafkaSource::Impl::resume(const Partition& partition, Offset from) {
    const bool taken_away = std::ranges::any_of(
        unreleased_, [&](const auto& later) { return std::ranges::count(later.partitions, partition) > 0; });
    if (taken_away || closing_) return;
    // What the group has committed is of the past: left there, it would make a restart skip the records below it.
    // Nobody waits for the answer; the worker's own commits follow.
    const auto list = list_of({partition});
    list->elems[0].offset = from;
    const auto error = rd_kafka_commit_queue(client_.get(), list.get(), queue_.get(), nullptr, nullptr);
    if (error != RD_KAFKA_RESP_ERR_NO_ERROR)
        say(Severity::error, "the new position is not committed: " + explain(error));
    assignment_.resume(partition);
    events_.push_back({pipeline::Assigned{{{partition}}}});
    wake(news_);
}

void KafkaSource::Impl::unassign(const std::vector<Partition>& partitions) {
    if (incremental_) {
        const auto list = list_of(partitions);
        const ErrorPtr error(rd_kafka_incremental_unassign(client_.get(), list.get()));
        if (error) say(Severity::error, std::string("revocation: ") + rd_kafka_error_string(error.get()));
    } else if (const auto error = rd_kafka_assign(client_.get(), nullptr); error != RD_KAFKA_RESP_ERR_NO_ERROR) {
        say(Severity::error, "revocation: " + explain(error));
    }
}

void KafkaSource::Impl::ask_positions() {
    if (positions_asked_ > 0 || assignment_.empty() || clock_.now() < positions_due_) return;
    positions_due_ = clock_.now() + positions_interval;
    ask_offsets(RD_KAFKA_OFFSET_SPEC_LATEST);
    ask_offsets(RD_KAFKA_OFFSET_SPEC_EARLIEST);
    if (assignment_.knows_every_commit()) return;
    ++positions_asked_;
    group_.ask_committed(assignment_.partitions(), 0);
}

void KafkaSource::Impl::ask_offsets(Offset spec) {
    ++positions_asked_;
    const auto list = list_of(assignment_.partitions());
    for (int i = 0; i < list->cnt; ++i) list->elems[i].offset = spec;
    const AdminOptionsPtr options(rd_kafka_AdminOptions_new(client_.get(), RD_KAFKA_ADMIN_OP_LISTOFFSETS));
    rd_kafka_AdminOptions_set_opaque(options.get(),
                                     reinterpret_cast<void*>(spec));  // NOLINT: comes back with the answer
    rd_kafka_ListOffsets(client_.get(), list.get(), options.get(), queue_.get());
}

void KafkaSource::Impl::take_offsets(rd_kafka_event_t* event) {
    --positions_asked_;
    const auto* const result = rd_kafka_event_ListOffsets_result(event);
    if (!result || rd_kafka_event_error(event) != RD_KAFKA_RESP_ERR_NO_ERROR) return;
    const bool end = reinterpret_cast<Offset>(rd_kafka_event_opaque(event)) == RD_KAFKA_OFFSET_SPEC_LATEST;  // NOLINT
    std::size_t count = 0;
    const auto** const infos = rd_kafka_ListOffsets_result_infos(result, &count);
    for (std::size_t i = 0; i < count; ++i) {
        const auto* const at = rd_kafka_ListOffsetsResultInfo_topic_partition(infos[i]);
        if (at->err != RD_KAFKA_RESP_ERR_NO_ERROR || at->offset < 0) continue;
        if (end) {
            assignment_.high({at->topic, at->partition}, at->offset);
        } else {
            assignment_.low({at->topic, at->partition}, at->offset);
        }
    }
}

void KafkaSource::Impl::take_committed(rd_kafka_event_t* event) {
    const auto [question, committed, complete] = Group::answer_of(event);
    for (const auto& one : committed) assignment_.found_committed(one.partition, *one.next);
    if (question == 0) {
        --positions_asked_;
        return;
    }
    const auto untold = std::ranges::find(events_, question, &Untold::question);
    if (untold == events_.end()) return;
    if (group_.stable && !complete) {
        untold->ask_again = true;
        return;
    }
    for (auto& one : std::get<pipeline::Assigned>(untold->event).partitions) {
        const auto found = std::ranges::find(committed, one.partition, &pipeline::AssignedPartition::partition);
        if (found != committed.end()) one = *found;
    }
    untold->until.reset();
    wake(news_);
}

void KafkaSource::Impl::look_after_committed() {
    for (auto& untold : events_) {
        if (!untold.until) continue;
        if (std::exchange(untold.ask_again, false)) ask_about(untold);
        if (clock_.now() < *untold.until) continue;
        if (group_.stable) {
            untold.until = TimePoint::max();
            say(Severity::warning,
                "the group does not say yet what is done of new partitions: its coordinator is away, or a transaction "
                "of their last owner is still open, for at most its transaction.timeout.ms; they wait for it");
            continue;
        }
        untold.until.reset();
        say(Severity::warning, "the group did not say in time what is done of new partitions: some is labeled again");
        wake(news_);
    }
}

void KafkaSource::Impl::ask_about(const Untold& untold) {
    std::vector<Partition> partitions;
    for (const auto& one : std::get<pipeline::Assigned>(untold.event).partitions) partitions.push_back(one.partition);
    group_.ask_committed(partitions, untold.question);
}

}  // namespace prelabel::kafka
