#include "kafka/group.hpp"

#include "kafka/explain.hpp"

#include <prelabel/base/expects.hpp>

#include <cstdlib>
#include <cstring>
#include <string>
#include <utility>

namespace prelabel::kafka {
namespace {

constexpr int stable_answer_ms_max = 5'000;

rd_kafka_resp_err_t error_of(rd_kafka_event_t* event) {
    const auto error = rd_kafka_event_error(event);
    const auto* const list = rd_kafka_event_topic_partition_list(event);
    for (int i = 0; list && error == RD_KAFKA_RESP_ERR_NO_ERROR && i < list->cnt; ++i)
        if (list->elems[i].err != RD_KAFKA_RESP_ERR_NO_ERROR) return list->elems[i].err;
    return error;
}

}  // namespace

PartitionListPtr list_of(const std::vector<pipeline::Progress>& progress, bool with_maps) {
    PartitionListPtr list(rd_kafka_topic_partition_list_new(static_cast<int>(progress.size())));
    for (const auto& [partition, next, done_above] : progress) {
        auto* const one = rd_kafka_topic_partition_list_add(list.get(), partition.topic.c_str(), partition.number);
        one->offset = next;
        if (!with_maps || done_above.empty()) continue;
        one->metadata = std::malloc(done_above.size());  // NOLINT: the list frees it
        expects(one->metadata != nullptr, "there is memory for a map");
        std::memcpy(one->metadata, done_above.data(), done_above.size());
        one->metadata_size = done_above.size();
    }
    return list;
}

Group::Group(rd_kafka_t* client, std::string name, async::Clock& clock)
    : client_(client), name_(std::move(name)), clock_(clock), bound_([this] {
          if (commit_ && !commit_->reply.is_set())
              commit_->reply.set(Error{Fault::dependency, "the group's coordinator did not answer a commit in time"});
      }) {}

Group::~Group() { clock_.disarm(bound_); }

async::Coroutine<Result<>> Group::commit(std::vector<pipeline::Progress> progress, TimePoint deadline) {
    if (progress.empty()) co_return Result<>();
    expects(!commit_, "one commit at a time");
    commit_.emplace();
    ++number_;
    const auto list = list_of(progress, !maps_refused_);
    // The number tells a late reply to a commit that was given up from the reply to this one.
    const auto error = rd_kafka_commit_queue(client_, list.get(), queue_, nullptr,
                                             reinterpret_cast<void*>(number_));  // NOLINT
    if (error != RD_KAFKA_RESP_ERR_NO_ERROR) {
        commit_->reply.set(Error{Fault::dependency, "the commit could not be sent: " + explain(error)});
    } else {
        clock_.arm(bound_, deadline);
    }
    Result<> outcome = co_await commit_->reply.wait();
    clock_.disarm(bound_);
    commit_.reset();
    if (outcome) {
        ++commits_;
        if (on_committed) on_committed(progress);
    } else {
        ++failed_;
    }
    co_return outcome;
}

void Group::take(rd_kafka_event_t* event) {
    const auto number = reinterpret_cast<std::uintptr_t>(rd_kafka_event_opaque(event));  // NOLINT
    if (!commit_ || commit_->reply.is_set() || number != number_) return;
    const auto error = error_of(event);
    if (error == RD_KAFKA_RESP_ERR_NO_ERROR) return commit_->reply.set({});
    if (error == RD_KAFKA_RESP_ERR_OFFSET_METADATA_TOO_LARGE && !std::exchange(maps_refused_, true) && on_trouble)
        on_trouble(
            "the broker takes no 4,096 bytes with an offset (its offset.metadata.max.bytes): after a restart more "
            "documents are labeled twice");
    commit_->reply.set(Error{Fault::dependency, "the commit was refused: " + explain(error)});
}

void Group::note_committed(const std::vector<pipeline::Progress>& progress) {
    ++commits_;
    if (on_committed) on_committed(progress);
}

void Group::ask_committed(const std::vector<Partition>& partitions, std::uintptr_t question) const {
    ask_committed(client_, name_, partitions, stable, question, queue_);
}

void Group::ask_committed(rd_kafka_t* client, const std::string& group, const std::vector<Partition>& partitions,
                          bool stable, std::uintptr_t question, rd_kafka_queue_t* reply_to) {
    const PartitionListPtr list(rd_kafka_topic_partition_list_new(static_cast<int>(partitions.size())));
    for (const auto& [topic, number] : partitions) rd_kafka_topic_partition_list_add(list.get(), topic.c_str(), number);
    auto* wanted = rd_kafka_ListConsumerGroupOffsets_new(group.c_str(), list.get());
    const AdminOptionsPtr options(rd_kafka_AdminOptions_new(client, RD_KAFKA_ADMIN_OP_LISTCONSUMERGROUPOFFSETS));
    if (stable) {
        const ErrorPtr refused(rd_kafka_AdminOptions_set_require_stable_offsets(options.get(), 1));
        expects(!refused, "stable offsets can be asked for");
        // Whoever needs it asks again: no answer must not take a minute to come.
        rd_kafka_AdminOptions_set_request_timeout(options.get(), stable_answer_ms_max, nullptr, 0);
    }
    rd_kafka_AdminOptions_set_opaque(options.get(), reinterpret_cast<void*>(question));  // NOLINT: comes back
    rd_kafka_ListConsumerGroupOffsets(client, &wanted, 1, options.get(), reply_to);
    rd_kafka_ListConsumerGroupOffsets_destroy(wanted);
}

Group::Answer Group::answer_of(rd_kafka_event_t* event) {
    Answer answer;
    answer.question = reinterpret_cast<std::uintptr_t>(rd_kafka_event_opaque(event));  // NOLINT
    const auto* const result = rd_kafka_event_ListConsumerGroupOffsets_result(event);
    if (!result || rd_kafka_event_error(event) != RD_KAFKA_RESP_ERR_NO_ERROR) return answer;
    std::size_t count = 0;
    const auto** const groups = rd_kafka_ListConsumerGroupOffsets_result_groups(result, &count);
    const auto* const list = count == 0 ? nullptr : rd_kafka_group_result_partitions(groups[0]);
    answer.complete = list != nullptr;
    for (int i = 0; list && i < list->cnt; ++i) {
        const auto& at = list->elems[i];
        if (at.err != RD_KAFKA_RESP_ERR_NO_ERROR) answer.complete = false;
        if (at.err != RD_KAFKA_RESP_ERR_NO_ERROR || at.offset < 0) continue;
        std::string map;
        if (at.metadata) map.assign(static_cast<const char*>(at.metadata), at.metadata_size);
        answer.partitions.push_back({{at.topic, at.partition}, at.offset, std::move(map)});
    }
    return answer;
}

}  // namespace prelabel::kafka
