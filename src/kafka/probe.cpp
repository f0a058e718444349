#include "kafka/admin_client.hpp"
#include "kafka/conf.hpp"
#include "kafka/explain.hpp"

#include <prelabel/kafka/connection.hpp>
#include <prelabel/kafka/probe.hpp>

#include <algorithm>
#include <memory>
#include <span>
#include <utility>

namespace prelabel::kafka {
namespace {

using TopicNamesPtr = std::unique_ptr<rd_kafka_TopicCollection_t, DestroyWith<rd_kafka_TopicCollection_destroy>>;

/// A topic and what must be allowed on it.
struct Wanted {
    std::string topic;
    rd_kafka_AclOperation_t operation;
};

using Findings = std::vector<Finding>;

std::string verb(rd_kafka_AclOperation_t operation) {
    return operation == RD_KAFKA_ACL_OPERATION_READ ? "read" : "write";
}

std::string capital(rd_kafka_AclOperation_t operation) {
    return operation == RD_KAFKA_ACL_OPERATION_READ ? "READ" : "WRITE";
}

/// Brokers without an authorizer say nothing of permissions: then all is allowed.
bool allowed(const rd_kafka_AclOperation_t* operations, std::size_t count, rd_kafka_AclOperation_t wanted) {
    if (!operations || count == 0) return true;
    const std::span listed(operations, count);
    return std::ranges::any_of(listed, [&](auto each) {
        return each == wanted || each == RD_KAFKA_ACL_OPERATION_ALL || each == RD_KAFKA_ACL_OPERATION_ANY;
    });
}

void judge_permission(const rd_kafka_TopicDescription_t* topic, const Wanted& wanted, Findings& findings) {
    std::size_t count = 0;
    const auto* const operations = rd_kafka_TopicDescription_authorized_operations(topic, &count);
    const bool ok = allowed(operations, count, wanted.operation);
    findings.push_back(
        {"this user may " + std::string(ok ? "" : "not ") + verb(wanted.operation) + " " + wanted.topic, ok,
         ok ? "" : "allow " + capital(wanted.operation) + " on topic " + wanted.topic + " for this user"});
}

void look_at_topics(AdminClient& admin, const std::vector<Wanted>& wanted, Findings& findings) {
    std::vector<const char*> names;
    for (const auto& [topic, operation] : wanted) {
        rd_kafka_resp_err_t error{};
        const auto partitions = admin.partitions(topic, error);
        if (partitions) {
            names.push_back(topic.c_str());
            findings.push_back(
                {"topic " + topic + " exists with " + std::to_string(*partitions) + " partitions", true, ""});
        } else {
            findings.push_back({"topic " + topic + ": " + rd_kafka_err2str(error), false, std::string(remedy(error))});
        }
    }
    if (names.empty()) return;
    const TopicNamesPtr topics(rd_kafka_TopicCollection_of_topic_names(names.data(), names.size()));
    const auto event =
        admin.ask(RD_KAFKA_ADMIN_OP_DESCRIBETOPICS, true, [&](const auto* options, rd_kafka_queue_t* replies) {
            rd_kafka_DescribeTopics(admin.handle(), topics.get(), options, replies);
        });
    // Not every broker tells permissions (librdkafka's mock does not): then nothing is said about them.
    if (!event || rd_kafka_event_error(event.get()) != RD_KAFKA_RESP_ERR_NO_ERROR) return;
    std::size_t count = 0;
    const auto** const found =
        rd_kafka_DescribeTopics_result_topics(rd_kafka_event_DescribeTopics_result(event.get()), &count);
    for (const auto& each : wanted)
        for (std::size_t i = 0; i < count; ++i)
            if (each.topic == rd_kafka_TopicDescription_name(found[i])) judge_permission(found[i], each, findings);
}

void look_at_group(AdminClient& admin, const std::string& group, Findings& findings) {
    const char* name = group.c_str();
    const auto event =
        admin.ask(RD_KAFKA_ADMIN_OP_DESCRIBECONSUMERGROUPS, true, [&](const auto* options, rd_kafka_queue_t* replies) {
            rd_kafka_DescribeConsumerGroups(admin.handle(), &name, 1, options, replies);
        });
    if (!event || rd_kafka_event_error(event.get()) != RD_KAFKA_RESP_ERR_NO_ERROR) return;
    std::size_t count = 0;
    const auto** const groups = rd_kafka_DescribeConsumerGroups_result_groups(
        rd_kafka_event_DescribeConsumerGroups_result(event.get()), &count);
    if (count == 0) return;
    const auto* const error = rd_kafka_ConsumerGroupDescription_error(groups[0]);
    std::size_t operations_count = 0;
    const auto* const operations =
        rd_kafka_ConsumerGroupDescription_authorized_operations(groups[0], &operations_count);
    // Other errors mean that the group does not exist yet, or that an old broker cannot say: no reason to worry
    // anybody.
    const bool refused = error && rd_kafka_error_code(error) == RD_KAFKA_RESP_ERR_GROUP_AUTHORIZATION_FAILED;
    const bool ok = !refused && allowed(operations, operations_count, RD_KAFKA_ACL_OPERATION_READ);
    findings.push_back({"this user may " + std::string(ok ? "" : "not ") + "join group " + group, ok,
                        ok ? "" : "allow READ on group " + group + " for this user"});
}

void look_at_cluster(const std::string& brokers, const Properties& properties, std::string_view section,
                     const std::vector<Wanted>& wanted, const std::string& group, std::chrono::milliseconds timeout,
                     Findings& findings) {
    auto admin = AdminClient::create(brokers, properties, section, timeout);
    if (!admin) return findings.push_back({admin.error().message, false, "correct the property"});
    if (!admin->reach()) {
        const auto trouble = admin->trouble();
        const auto at = trouble.rfind("; ");
        return findings.push_back({"brokers " + brokers + " do not answer: " + trouble.substr(0, at), false,
                                   at == std::string::npos ? "" : trouble.substr(at + 2)});
    }
    findings.push_back({"brokers " + brokers + " answer", true, ""});
    look_at_topics(*admin, wanted, findings);
    if (!group.empty()) look_at_group(*admin, group, findings);
}

}  // namespace

std::vector<Finding> probe(const InputSettings& input, const OutputSettings& output,
                           std::chrono::milliseconds timeout) {
    Findings findings;
    for (const auto& valid : {validate(input), validate(output)})
        if (!valid) findings.push_back({valid.error().message, false, "correct the property"});
    if (!findings.empty()) return findings;

    std::vector<Wanted> read{{input.topic, RD_KAFKA_ACL_OPERATION_READ}};
    std::vector<Wanted> written{{output.topic, RD_KAFKA_ACL_OPERATION_WRITE}};
    if (!output.dead_letter_topic.empty()) written.push_back({output.dead_letter_topic, RD_KAFKA_ACL_OPERATION_WRITE});
    look_at_cluster(input.brokers, input.properties, input_section, read, input.group, timeout, findings);
    look_at_cluster(output.brokers, output.properties, output_section, written, "", timeout, findings);
    return findings;
}

}  // namespace prelabel::kafka
