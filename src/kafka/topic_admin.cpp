#include "kafka/admin_client.hpp"
#include "kafka/conf.hpp"
#include "kafka/explain.hpp"

#include <prelabel/kafka/topic_admin.hpp>

#include <array>
#include <memory>
#include <utility>

namespace prelabel::kafka {
namespace {

using NewTopicPtr = std::unique_ptr<rd_kafka_NewTopic_t, DestroyWith<rd_kafka_NewTopic_destroy>>;

Result<NewTopicPtr> wish_for(const NewTopic& topic) {
    std::array<char, 256> reason{};
    NewTopicPtr wish(
        rd_kafka_NewTopic_new(topic.name.c_str(), topic.partitions, topic.replicas, reason.data(), reason.size()));
    if (!wish || topic.name.empty())
        return Error{Fault::config,
                     "topic \"" + topic.name + "\" cannot be created: " + (wish ? "it has no name" : reason.data())};
    for (const auto& [name, value] : topic.config)
        rd_kafka_NewTopic_set_config(wish.get(), name.c_str(), value.c_str());
    return wish;
}

Result<> outcome_of(rd_kafka_event_t* event) {
    if (const auto error = rd_kafka_event_error(event); error != RD_KAFKA_RESP_ERR_NO_ERROR)
        return Error{Fault::dependency,
                     "topics could not be created: " + explain(error, rd_kafka_event_error_string(event))};
    std::size_t count = 0;
    const auto** const topics = rd_kafka_CreateTopics_result_topics(rd_kafka_event_CreateTopics_result(event), &count);
    for (std::size_t i = 0; i < count; ++i) {
        const auto error = rd_kafka_topic_result_error(topics[i]);
        if (error == RD_KAFKA_RESP_ERR_NO_ERROR || error == RD_KAFKA_RESP_ERR_TOPIC_ALREADY_EXISTS) continue;
        const auto* const said = rd_kafka_topic_result_error_string(topics[i]);
        return Error{Fault::dependency, std::string("topic ") + rd_kafka_topic_result_name(topics[i]) +
                                            " could not be created: " + explain(error, said ? said : "")};
    }
    return {};
}

}  // namespace

Result<> create_topics(std::string brokers, Properties properties, std::vector<NewTopic> topics,
                       std::chrono::milliseconds timeout) {
    auto admin = AdminClient::create(brokers, properties, input_section, timeout);
    if (!admin) return admin.error();
    std::vector<NewTopicPtr> wishes;
    std::vector<rd_kafka_NewTopic_t*> pointers;
    for (const auto& topic : topics) {
        auto wish = wish_for(topic);
        if (!wish) return wish.error();
        pointers.push_back(wish->get());
        wishes.push_back(std::move(*wish));
    }
    if (!admin->reach()) return Error{Fault::dependency, "topics could not be created: " + admin->trouble()};
    const auto event =
        admin->ask(RD_KAFKA_ADMIN_OP_CREATETOPICS, false, [&](const auto* options, rd_kafka_queue_t* replies) {
            rd_kafka_CreateTopics(admin->handle(), pointers.data(), pointers.size(), options, replies);
        });
    if (!event) return Error{Fault::dependency, "topics could not be created: " + admin->trouble()};
    return outcome_of(event.get());
}

}  // namespace prelabel::kafka
