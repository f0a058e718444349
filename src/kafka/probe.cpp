#include "kafka/admin_client.hpp"
#include "kafka/conf.hpp"
#include "kafka/explain.hpp"
#include "kafka/transaction_client.hpp"

#include <prelabel/kafka/connection.hpp>
#include <prelabel/kafka/probe.hpp>

#include <algorithm>
#include <charconv>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <utility>

namespace prelabel::kafka {
namespace {

using ConfigResourcePtr = std::unique_ptr<rd_kafka_ConfigResource_t, DestroyWith<rd_kafka_ConfigResource_destroy>>;
using TopicNamesPtr = std::unique_ptr<rd_kafka_TopicCollection_t, DestroyWith<rd_kafka_TopicCollection_destroy>>;

/// A topic and what must be allowed on it.
struct Wanted {
    std::string topic;
    rd_kafka_AclOperation_t operation;
};

/// Hands findings on as they come.
class Findings {
public:
    explicit Findings(const OnFinding& tell) : tell_(tell) {}
    void push_back(Finding finding) {
        all_ok_ &= finding.ok;
        tell_(std::move(finding));
    }
    [[nodiscard]] bool all_ok() const { return all_ok_; }

private:
    const OnFinding& tell_;
    bool all_ok_ = true;
};

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

void look_at_topics(AdminClient& admin, const std::string& brokers, const std::vector<Wanted>& wanted,
                    Findings& findings) {
    std::vector<const char*> names;
    for (const auto& [topic, operation] : wanted) {
        rd_kafka_resp_err_t error{};
        const auto partitions = admin.partitions(topic, error);
        if (partitions) {
            names.push_back(topic.c_str());
            findings.push_back({"topic " + topic + " exists with " + std::to_string(*partitions) +
                                    (*partitions == 1 ? " partition" : " partitions"),
                                true, ""});
        } else {
            auto absence = absence_of(topic, brokers, error);
            findings.push_back({std::move(absence.reason), false, std::move(absence.remedy)});
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

std::optional<std::size_t> bytes_max_of(const rd_kafka_ConfigResource_t* topic) {
    std::size_t count = 0;
    const auto** const entries = rd_kafka_ConfigResource_configs(topic, &count);
    for (std::size_t i = 0; i < count; ++i) {
        const auto* const value = rd_kafka_ConfigEntry_value(entries[i]);
        if (std::string_view(rd_kafka_ConfigEntry_name(entries[i])) != "max.message.bytes" || !value) continue;
        std::size_t bytes = 0;
        const std::string_view text = value;
        if (std::from_chars(text.data(), text.data() + text.size(), bytes).ec == std::errc()) return bytes;
    }
    return std::nullopt;
}

/// Whether the topics take what may be written to them. Nothing is said where the broker does not tell.
void look_at_limits(AdminClient& admin, const std::vector<Wanted>& written, std::size_t record_bytes_max,
                    Findings& findings) {
    std::vector<ConfigResourcePtr> topics;
    std::vector<rd_kafka_ConfigResource_t*> pointers;
    for (const auto& [topic, operation] : written) {
        topics.emplace_back(rd_kafka_ConfigResource_new(RD_KAFKA_RESOURCE_TOPIC, topic.c_str()));
        pointers.push_back(topics.back().get());
    }
    const auto event =
        admin.ask(RD_KAFKA_ADMIN_OP_DESCRIBECONFIGS, false, [&](const auto* options, rd_kafka_queue_t* replies) {
            rd_kafka_DescribeConfigs(admin.handle(), pointers.data(), pointers.size(), options, replies);
        });
    if (!event || rd_kafka_event_error(event.get()) != RD_KAFKA_RESP_ERR_NO_ERROR) return;
    std::size_t count = 0;
    const auto** const found =
        rd_kafka_DescribeConfigs_result_resources(rd_kafka_event_DescribeConfigs_result(event.get()), &count);
    for (std::size_t i = 0; i < count; ++i) {
        const auto bytes_max = bytes_max_of(found[i]);
        if (!bytes_max) continue;
        const std::string topic = rd_kafka_ConfigResource_name(found[i]);
        const bool ok = *bytes_max >= record_bytes_max;
        const auto at_most = "topic " + topic + " takes records of at most " + std::to_string(*bytes_max) + " bytes";
        const auto configured = std::to_string(record_bytes_max);
        findings.push_back({ok ? at_most : at_most + ", less than output.kafka.max_record_bytes (" + configured + ")",
                            ok,
                            ok ? ""
                               : "set output.kafka.max_record_bytes to " + std::to_string(*bytes_max) +
                                     ", or raise max.message.bytes of " + topic + " to " + configured});
    }
}

void look_at_group(AdminClient& admin, const std::string& group, const std::string& topic, Findings& findings) {
    // To join takes READ, to ask for offsets DESCRIBE, which READ includes: who may not even ask may not join. Who may
    // ask has READ nearly always, but that cannot be asked.
    const auto error = admin.ask_for_offsets(topic);
    const bool refused = error == RD_KAFKA_RESP_ERR_GROUP_AUTHORIZATION_FAILED;
    if (!refused && error != RD_KAFKA_RESP_ERR_NO_ERROR) return;  // the topics' findings say what is wrong
    findings.push_back(refused ? Finding{"this user may not use group " + group, false,
                                         "allow READ on group " + group + " for this user"}
                               : Finding{"group " + group + " answers this user", true, ""});
}

/// Takes a producer's id under a name that no worker has: who may not, or where that cannot be done, cannot commit.
void look_at_transactions(const std::string& group, OutputSettings output, std::chrono::milliseconds timeout,
                          Findings& findings) {
    output.transactional_id = group + ".check";
    auto conf = producer_conf(output);
    if (!conf) return;  // said before
    const auto client = make_client(RD_KAFKA_PRODUCER, std::move(*conf), output.properties, output_section);
    if (!client) return;
    auto failure =
        transaction::insist(timeout, [&] { return transaction::init(client->get(), std::chrono::seconds(1)); });
    if (!failure && transaction::is_a_mock(client->get(), std::chrono::seconds(1)))
        failure = {RD_KAFKA_RESP_ERR__UNSUPPORTED_FEATURE, false, false, "this is librdkafka's mock broker"};
    if (!failure) return findings.push_back({"transactions can be used as " + group + ".…", true, ""});
    std::string fix(remedy(failure->code));
    if (failure->code == RD_KAFKA_RESP_ERR_TRANSACTIONAL_ID_AUTHORIZATION_FAILED)
        fix = "allow WRITE and DESCRIBE on transactional ids with the prefix " + group + ". for this user";
    if (failure->retriable)
        fix =
            "fewer than three brokers need transaction.state.log.replication.factor=1 and "
            "transaction.state.log.min.isr=1; or set `output.delivery: at_least_once`";
    findings.push_back({"transactions cannot be used: " + failure->said, false, fix});
}

/// False where no broker answers. That brokers do is said once: not of those that are `known`.
bool look_at_cluster(const std::string& brokers, const Properties& properties, std::string_view section,
                     const std::string& group, const std::vector<Wanted>& wanted, std::chrono::milliseconds timeout,
                     const std::string& known, Findings& findings,
                     const std::function<void(AdminClient&)>& look_further) {
    auto admin = AdminClient::create(brokers, properties, section, timeout, group);
    if (!admin) {
        findings.push_back({admin.error().message, false, "correct the property"});
        return true;
    }
    if (!admin->reach()) {
        const auto trouble = admin->trouble();
        const auto at = trouble.rfind("; ");
        findings.push_back({"brokers " + brokers + " do not answer: " + trouble.substr(0, at), false,
                            at == std::string::npos ? "" : trouble.substr(at + 2)});
        return false;
    }
    if (brokers != known) findings.push_back({"brokers " + brokers + " answer", true, ""});
    look_at_topics(*admin, brokers, wanted, findings);
    look_further(*admin);
    return true;
}

}  // namespace

void probe(const InputSettings& input, const OutputSettings& output, std::chrono::milliseconds timeout,
           const OnFinding& tell) {
    Findings findings(tell);
    for (const auto& valid : {validate(input), validate(output)})
        if (!valid) findings.push_back({valid.error().message, false, "correct the property"});
    if (!findings.all_ok()) return;

    std::vector<Wanted> read{{input.topic, RD_KAFKA_ACL_OPERATION_READ}};
    std::vector<Wanted> written{{output.topic, RD_KAFKA_ACL_OPERATION_WRITE}};
    if (!output.dead_letter_topic.empty()) written.push_back({output.dead_letter_topic, RD_KAFKA_ACL_OPERATION_WRITE});
    const bool reached =
        look_at_cluster(input.brokers, input.properties, input_section, input.group, read, timeout, {}, findings,
                        [&](AdminClient& admin) { look_at_group(admin, input.group, input.topic, findings); });
    if (!reached && output.brokers == input.brokers) return;
    look_at_cluster(output.brokers, output.properties, output_section, {}, written, timeout, input.brokers, findings,
                    [&](AdminClient& admin) {
                        look_at_limits(admin, written, output.max_record_bytes, findings);
                        if (!output.transactional_id.empty())
                            look_at_transactions(input.group, output, timeout, findings);
                    });
}

}  // namespace prelabel::kafka
