#include "kafka/transaction_client.hpp"

#include "kafka/group.hpp"
#include "kafka/handles.hpp"

#include <prelabel/base/redaction.hpp>
#include <prelabel/pipeline/read_back.hpp>

#include <algorithm>
#include <cstdlib>
#include <string_view>
#include <thread>

namespace prelabel::kafka::transaction {
namespace {

int milliseconds(Bound bound) { return static_cast<int>(bound.count()); }

Outcome outcome_of(rd_kafka_t* producer, rd_kafka_error_t* returned) {
    const ErrorPtr error(returned);
    if (!error) return std::nullopt;
    TransactionFailure failure;
    failure.code = rd_kafka_error_code(error.get());
    failure.retriable = rd_kafka_error_is_retriable(error.get()) != 0;
    failure.abortable = rd_kafka_error_txn_requires_abort(error.get()) != 0;
    failure.said = redacted(rd_kafka_error_string(error.get()));
    // What a client failed of for good says more than that it has failed.
    if (const auto fatal = rd_kafka_fatal_error(producer, nullptr, 0); fatal != RD_KAFKA_RESP_ERR_NO_ERROR) {
        failure.code = fatal;
        failure.retriable = failure.abortable = false;
    }
    return failure;
}

}  // namespace

Outcome insist(std::chrono::milliseconds limit, const std::function<Outcome()>& step) {
    constexpr std::chrono::milliseconds pause{20};
    const auto until = std::chrono::steady_clock::now() + limit;
    for (;;) {
        auto outcome = step();
        if (!outcome || !outcome->retriable || std::chrono::steady_clock::now() >= until) return outcome;
        std::this_thread::sleep_for(pause);
    }
}

Outcome init(rd_kafka_t* producer, Bound bound) {
    return outcome_of(producer, rd_kafka_init_transactions(producer, milliseconds(bound)));
}

Outcome begin(rd_kafka_t* producer) { return outcome_of(producer, rd_kafka_begin_transaction(producer)); }

Outcome commit(rd_kafka_t* producer, Bound bound) {
    return outcome_of(producer, rd_kafka_commit_transaction(producer, milliseconds(bound)));
}

Outcome abort(rd_kafka_t* producer, Bound bound) {
    return outcome_of(producer, rd_kafka_abort_transaction(producer, milliseconds(bound)));
}

MemberPtr member(rd_kafka_t* consumer) {
    MemberPtr found(rd_kafka_consumer_group_metadata(consumer), [](rd_kafka_consumer_group_metadata_t* metadata) {
        if (metadata) rd_kafka_consumer_group_metadata_destroy(metadata);
    });
    if (!found) return nullptr;
    const std::string_view id = rd_kafka_consumer_group_metadata_member_id(found.get());
    if (id.empty() || rd_kafka_consumer_group_metadata_generation_id(found.get()) < 0) return nullptr;
    return found;
}

Outcome send_offsets(rd_kafka_t* producer, const std::vector<pipeline::Progress>& progress, const MemberPtr& member,
                     Bound bound) {
    const auto list = list_of(progress, true);
    return outcome_of(producer,
                      rd_kafka_send_offsets_to_transaction(producer, list.get(), member.get(), milliseconds(bound)));
}

std::optional<bool> read_back(rd_kafka_t* client, const std::string& group, const std::vector<pipeline::Progress>& sent,
                              Bound bound) {
    std::vector<Partition> partitions;
    for (const auto& one : sent) partitions.push_back(one.partition);
    const QueuePtr replies(rd_kafka_queue_new(client));
    Group::ask_committed(client, group, partitions, true, 0, replies.get());
    const EventPtr event(rd_kafka_queue_poll(replies.get(), milliseconds(bound)));
    if (!event) return std::nullopt;
    const auto answer = Group::answer_of(event.get());
    if (!answer.complete) return std::nullopt;
    return pipeline::holds(answer.partitions, sent);
}

bool is_a_mock(rd_kafka_t* client, Bound bound) {
    char* const name = rd_kafka_clusterid(client, milliseconds(bound));
    const bool mock = name && std::string_view(name).starts_with("mockCluster");
    if (name) rd_kafka_mem_free(client, name);
    return mock;
}

}  // namespace prelabel::kafka::transaction
