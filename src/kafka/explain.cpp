#include "kafka/explain.hpp"

#include <prelabel/base/redaction.hpp>

#include <utility>

namespace prelabel::kafka {

std::string_view remedy(rd_kafka_resp_err_t error) {
    switch (error) {
        case RD_KAFKA_RESP_ERR__TRANSPORT:
        case RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN:
        case RD_KAFKA_RESP_ERR__TIMED_OUT:
            return "check that `brokers` names reachable listeners, and that `security.protocol` is the one they speak";
        case RD_KAFKA_RESP_ERR__BAD_MSG:
            return "check that `brokers` names listeners of Kafka, and that `security.protocol` is the one they speak";
        case RD_KAFKA_RESP_ERR__RESOLVE:
            return "check the host names in `brokers`";
        case RD_KAFKA_RESP_ERR__AUTHENTICATION:
        case RD_KAFKA_RESP_ERR_SASL_AUTHENTICATION_FAILED:
            return "check `sasl.mechanism`, `sasl.username` and `sasl.password`";
        case RD_KAFKA_RESP_ERR__SSL:
            return "check `ssl.ca.location` and that the certificate names the broker's host";
        case RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART:
        case RD_KAFKA_RESP_ERR__UNKNOWN_TOPIC:
        case RD_KAFKA_RESP_ERR__UNKNOWN_PARTITION:
            return "create the topic, or allow this user to describe it";
        case RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED:
            return "allow this user to describe and read the input topic, or to describe and write the output topics";
        case RD_KAFKA_RESP_ERR_GROUP_AUTHORIZATION_FAILED:
            return "allow this user to read the consumer group";
        case RD_KAFKA_RESP_ERR_CLUSTER_AUTHORIZATION_FAILED:
            return "allow this user to write the output topics (before Kafka 2.8 also IDEMPOTENT_WRITE on the cluster)";
        case RD_KAFKA_RESP_ERR_TRANSACTIONAL_ID_AUTHORIZATION_FAILED:
            return "allow this user WRITE on the transactional ids that begin with the group's name, or set "
                   "`output.delivery: at_least_once`";
        case RD_KAFKA_RESP_ERR__UNSUPPORTED_FEATURE:
            return "set `output.delivery: at_least_once` where the brokers keep no transactions";
        case RD_KAFKA_RESP_ERR_INVALID_TRANSACTION_TIMEOUT:
            return "lower `output.kafka.properties.transaction.timeout.ms`, or raise the brokers' "
                   "`transaction.max.timeout.ms`";
        case RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE:
            return "raise `output.kafka.max_record_bytes` and the topic's `max.message.bytes`, or shorten the document";
        case RD_KAFKA_RESP_ERR_INVALID_RECORD:
            return "change what the topic asks of a record (with `cleanup.policy=compact`, a key); until then it waits";
        case RD_KAFKA_RESP_ERR__BAD_COMPRESSION:
            return "its partition stands still: the batch is damaged, or unpacks to more than "
                   "`input.kafka.properties.receive.message.max.bytes` (raise it, and give the worker that much more "
                   "memory), or move the group's offset past it";
        case RD_KAFKA_RESP_ERR__MAX_POLL_EXCEEDED:
            return "the process was stopped or starved for too long";
        case RD_KAFKA_RESP_ERR__AUTO_OFFSET_RESET:
            return "the committed position is gone from the broker: set `auto.offset.reset` to earliest to read all "
                   "that is left";
        case RD_KAFKA_RESP_ERR__FENCED:
        case RD_KAFKA_RESP_ERR_FENCED_INSTANCE_ID:
            return "two workers use the same `group.instance.id`: give each its own";
        case RD_KAFKA_RESP_ERR_INCONSISTENT_GROUP_PROTOCOL:
            return "another member of `group` shares partitions another way: use the same strategy, or another group";
        default:
            return {};
    }
}

std::string explain(rd_kafka_resp_err_t error, std::string_view said) {
    // The client's own texts repeat values of properties.
    std::string text = said.empty() ? std::string(rd_kafka_err2str(error)) : redacted(said);
    if (const auto what_to_do = remedy(error); !what_to_do.empty()) text.append("; ").append(what_to_do);
    return text;
}

std::string refusal_of_a_document(const std::string& topic, rd_kafka_resp_err_t error) {
    switch (error) {
        case RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE:
        case RD_KAFKA_RESP_ERR_RECORD_LIST_TOO_LARGE:
            return "is over the `max.message.bytes` of topic " + topic + "; raise it, or shorten the document";
        case RD_KAFKA_RESP_ERR_INVALID_RECORD:
            return "breaks a rule of topic " + topic +
                   ": with `cleanup.policy=compact` it takes no record without a key";
        default:
            return {};
    }
}

Absence absence_of(const std::string& topic, const std::string& brokers, rd_kafka_resp_err_t error) {
    if (error != RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART)
        return {"topic " + topic + ": " + rd_kafka_err2str(error), std::string(remedy(error))};
    return {"topic " + topic + " is missing at " + brokers, std::string(remedy(error)) +
                                                                ": kafka-topics.sh --bootstrap-server " + brokers +
                                                                " --create --topic " + topic + " --partitions 6"};
}

namespace {

/// Which partition an error is of, before what it says; nothing where it is of none.
std::string where(rd_kafka_event_t* event) {
    auto* const at = rd_kafka_event_topic_partition(event);
    if (!at) return {};
    auto text = std::string(at->topic) + "/" + std::to_string(at->partition) + ": ";
    rd_kafka_topic_partition_destroy(at);
    return text;
}

}  // namespace

Notice notice_of(rd_kafka_event_t* event) {
    if (rd_kafka_event_type(event) != RD_KAFKA_EVENT_LOG) {
        const auto error = rd_kafka_event_error(event);
        // Losing one broker of several is everyday life; librdkafka connects again by itself. That none is connected
        // may only be a connection that was idle for too long: see BrokerWatch.
        const auto severity = error == RD_KAFKA_RESP_ERR__TRANSPORT          ? Severity::warning
                              : error == RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN ? Severity::debug
                                                                             : Severity::error;
        const auto* const said = rd_kafka_event_error_string(event);
        return {severity, where(event) + explain(error, said ? said : "")};
    }
    const char* facility = nullptr;
    const char* text = nullptr;
    int level = 6;
    rd_kafka_event_log(event, &facility, &text, &level);
    const std::string_view from = facility ? facility : "";
    // What comes as an event too, with what to do; and what every producer says of brokers that have just started.
    const auto severity = from == "FAIL"     ? Severity::debug
                          : from == "GETPID" ? Severity::info
                          : level <= 3       ? Severity::error
                          : level <= 5       ? Severity::warning
                          : level == 6       ? Severity::info
                                             : Severity::debug;
    return {severity, redacted(std::string(from) + ": " + (text ? text : ""))};
}

}  // namespace prelabel::kafka
