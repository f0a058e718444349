// The group's side of KafkaSource::Impl: partitions come and go, and how far they reach.
#include "kafka/explain.hpp"
#include "kafka/source_impl.hpp"

#include <string_view>
#include <utility>

namespace prelabel::kafka {
namespace {

// While a partition is held back nothing is fetched, and the client's own idea of its end grows old: the broker is
// asked.
constexpr auto watermark_interval = std::chrono::seconds(10);

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
    ++counters_.assignments;
    watermarks_due_ = clock_.now();
    if (!closing_) events_.emplace_back(pipeline::Assigned{std::move(partitions)});
}

void KafkaSource::Impl::revoke(const rd_kafka_topic_partition_list_t* list) {
    auto partitions = partitions_of(list);
    if (closing_) return unassign(partitions);
    const bool lost = rd_kafka_assignment_lost(client_.get()) != 0;
    for (const auto& partition : partitions) assignment_.revoke(partition);
    ++counters_.revocations;
    if (lost) ++counters_.lost_assignments;
    unreleased_.push_back(partitions);
    events_.emplace_back(pipeline::Revoked{std::move(partitions), lost});
}

pipeline::Task<> KafkaSource::Impl::release(std::vector<Partition> partitions) {
    expects(!unreleased_.empty() && unreleased_.front() == partitions, "what is released is the oldest revocation");
    unreleased_.pop_front();
    for (const auto& partition : partitions) assignment_.remove(partition);
    unassign(partitions);
    co_return;
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

void KafkaSource::Impl::ask_watermarks() {
    if (watermarks_asked_ || assignment_.empty() || clock_.now() < watermarks_due_) return;
    watermarks_asked_ = true;
    watermarks_due_ = clock_.now() + watermark_interval;
    const auto list = list_of(assignment_.partitions());
    for (int i = 0; i < list->cnt; ++i) list->elems[i].offset = RD_KAFKA_OFFSET_SPEC_LATEST;
    const AdminOptionsPtr options(rd_kafka_AdminOptions_new(client_.get(), RD_KAFKA_ADMIN_OP_LISTOFFSETS));
    rd_kafka_ListOffsets(client_.get(), list.get(), options.get(), queue_.get());
}

void KafkaSource::Impl::take_watermarks(rd_kafka_event_t* event) {
    watermarks_asked_ = false;
    const auto* const result = rd_kafka_event_ListOffsets_result(event);
    if (!result || rd_kafka_event_error(event) != RD_KAFKA_RESP_ERR_NO_ERROR) return;
    std::size_t count = 0;
    const auto** const infos = rd_kafka_ListOffsets_result_infos(result, &count);
    for (std::size_t i = 0; i < count; ++i) {
        const auto* const at = rd_kafka_ListOffsetsResultInfo_topic_partition(infos[i]);
        if (at->err == RD_KAFKA_RESP_ERR_NO_ERROR && at->offset >= 0)
            assignment_.watermark({at->topic, at->partition}, at->offset);
    }
}

}  // namespace prelabel::kafka
