#include "kafka/admin_client.hpp"
#include "kafka/explain.hpp"
#include "kafka/handles.hpp"
#include "kafka/messages.hpp"

#include <prelabel/kafka/topic_scan.hpp>

#include <chrono>
#include <map>
#include <memory>
#include <set>
#include <utility>

namespace prelabel::kafka {
namespace {

constexpr std::chrono::milliseconds silence_max{10'000};
/// A transaction that nobody ends is ended by the broker: after transaction.timeout.ms, and up to 10 s more.
constexpr std::chrono::milliseconds transaction_max{60'000};
constexpr std::chrono::milliseconds turn{250};

using MessagePtr = std::unique_ptr<rd_kafka_message_t, DestroyWith<rd_kafka_message_destroy>>;
using Ends = std::map<std::int32_t, Offset>;

Error silent(AdminClient& client, const TopicToScan& from) {
    return {Fault::dependency, "brokers " + from.brokers + " do not answer: " + client.trouble()};
}

/// Of the partitions that hold anything, with what is not committed yet: what was committed by now may lie behind it.
Result<Ends> ends_of(const TopicToScan& from) {
    auto properties = from.properties;
    properties["isolation.level"] = "read_uncommitted";
    auto made = AdminClient::create(from.brokers, properties, from.section, silence_max, from.group);
    if (!made) return made.error();
    AdminClient& client = *made;
    if (!client.reach()) return silent(client, from);
    rd_kafka_resp_err_t error{};
    const auto partitions = client.partitions(from.topic, error);
    if (!partitions) {
        if (error == RD_KAFKA_RESP_ERR__TIMED_OUT || error == RD_KAFKA_RESP_ERR__TRANSPORT) return silent(client, from);
        return Error{Fault::dependency, absence_of(from.topic, from.brokers, error).sentence()};
    }
    Ends ends;
    for (std::int32_t i = 0; i < *partitions; ++i) {
        std::int64_t first = 0;
        std::int64_t end = 0;
        const auto said = rd_kafka_query_watermark_offsets(client.handle(), from.topic.c_str(), i, &first, &end,
                                                           static_cast<int>(silence_max.count()));
        if (said != RD_KAFKA_RESP_ERR_NO_ERROR)
            return Error{Fault::dependency, from.topic + "/" + std::to_string(i) + " cannot be read: " + explain(said)};
        if (first < end) ends.emplace(i, end);
    }
    return ends;
}

}  // namespace

Result<> scan_topic(const TopicToScan& from, const std::function<bool(Record)>& on_record) {
    auto ends = ends_of(from);
    if (!ends) return ends.error();
    auto client = AdminClient::create(from.brokers, from.properties, from.section, silence_max, from.group);
    if (!client) return client.error();
    const PartitionListPtr list(rd_kafka_topic_partition_list_new(static_cast<int>(ends->size())));
    for (const auto& [partition, end] : *ends)
        rd_kafka_topic_partition_list_add(list.get(), from.topic.c_str(), partition)->offset =
            RD_KAFKA_OFFSET_BEGINNING;
    rd_kafka_assign(client->handle(), list.get());
    auto heard = std::chrono::steady_clock::now();
    std::set<std::int32_t> held_back;  // by a transaction that is open
    while (!ends->empty()) {
        const MessagePtr message(rd_kafka_consumer_poll(client->handle(), static_cast<int>(turn.count())));
        if (!message) {
            const auto silence = std::chrono::steady_clock::now() - heard;
            if (!held_back.empty() && silence > transaction_max)
                return Error{Fault::dependency, "an open transaction holds the end of " + from.topic +
                                                    " back; try again when its producer has ended it"};
            if (held_back.empty() && silence > silence_max) return silent(*client, from);
            continue;
        }
        const auto at = ends->find(message->partition);
        if (message->err == RD_KAFKA_RESP_ERR__PARTITION_EOF) {
            held_back.erase(message->partition);
            if (at != ends->end() && message->offset < at->second)
                held_back.insert(message->partition);
            else if (at != ends->end())
                ends->erase(at);
        } else if (message->err != RD_KAFKA_RESP_ERR_NO_ERROR) {
            return Error{Fault::dependency, from.topic + " cannot be read: " +
                                                explain(message->err, rd_kafka_message_errstr(message.get()))};
        } else if (at != ends->end()) {
            const Offset offset = message->offset;
            const bool wanted = offset < at->second;
            held_back.erase(message->partition);
            if (offset + 1 >= at->second) ends->erase(at);
            if (wanted && !on_record(record_of(*message, {from.topic, message->partition}))) break;
        }
        heard = std::chrono::steady_clock::now();  // whoever takes a record may need a while
    }
    return {};
}

}  // namespace prelabel::kafka
