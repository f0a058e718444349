#include "kafka/group.hpp"

#include "kafka/explain.hpp"

#include <prelabel/base/expects.hpp>

#include <string>
#include <utility>

namespace prelabel::kafka {
namespace {

PartitionListPtr list_of(const std::vector<pipeline::Progress>& progress) {
    PartitionListPtr list(rd_kafka_topic_partition_list_new(static_cast<int>(progress.size())));
    for (const auto& [partition, next, done_above] : progress)
        rd_kafka_topic_partition_list_add(list.get(), partition.topic.c_str(), partition.number)->offset = next;
    return list;
}

}  // namespace

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
    const auto list = list_of(progress);
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
    auto error = rd_kafka_event_error(event);
    if (const auto* const list = rd_kafka_event_topic_partition_list(event);
        list && error == RD_KAFKA_RESP_ERR_NO_ERROR)
        for (int i = 0; i < list->cnt; ++i)
            if (list->elems[i].err != RD_KAFKA_RESP_ERR_NO_ERROR) error = list->elems[i].err;
    if (error == RD_KAFKA_RESP_ERR_NO_ERROR) return commit_->reply.set({});
    commit_->reply.set(Error{Fault::dependency, "the commit was refused: " + explain(error)});
}

}  // namespace prelabel::kafka
