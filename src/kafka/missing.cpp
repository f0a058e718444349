#include "kafka/admin_client.hpp"
#include "kafka/conf.hpp"
#include "kafka/explain.hpp"

#include <prelabel/kafka/missing.hpp>

#include <algorithm>
#include <iterator>
#include <thread>

namespace prelabel::kafka {
namespace {

using std::chrono::steady_clock;

constexpr std::chrono::milliseconds answer_bound{2'800};
/// A topic that was created just now is not known to every broker at once.
constexpr std::chrono::milliseconds news_travel{800};
constexpr std::chrono::milliseconds turn{100};

struct Missing {
    std::vector<std::string> sentences;
    bool reached = true;
};

rd_kafka_resp_err_t look_for(AdminClient& admin, const std::string& topic, steady_clock::time_point until,
                             const std::stop_token& stop) {
    for (;;) {
        rd_kafka_resp_err_t error{};
        if (admin.partitions(topic, error)) return RD_KAFKA_RESP_ERR_NO_ERROR;
        if (error == RD_KAFKA_RESP_ERR_LEADER_NOT_AVAILABLE) return RD_KAFKA_RESP_ERR_NO_ERROR;  // it is being made
        const bool may_come = error == RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART;
        if (!may_come || steady_clock::now() >= until || stop.stop_requested()) return error;
        std::this_thread::sleep_for(turn);
    }
}

Missing look_at(const std::string& brokers, const Properties& properties, std::string_view section,
                const std::vector<std::string>& topics, const std::stop_token& stop) {
    auto admin = AdminClient::create(brokers, properties, section, answer_bound);
    if (!admin) return {};
    if (!admin->reach(stop)) return {{"brokers " + brokers + " do not answer: " + admin->trouble()}, false};
    Missing missing;
    const auto until = steady_clock::now() + news_travel;
    for (const auto& topic : topics) {
        const auto error = look_for(*admin, topic, until, stop);
        if (error == RD_KAFKA_RESP_ERR_NO_ERROR) continue;
        missing.sentences.push_back(absence_of(topic, brokers, error).sentence());
    }
    return missing;
}

Missing look_at(const InputSettings& input, const std::stop_token& stop) {
    return look_at(input.brokers, input.properties, input_section, {input.topic}, stop);
}

Missing look_at(const OutputSettings& output, const std::stop_token& stop) {
    std::vector<std::string> topics{output.topic};
    if (!output.dead_letter_topic.empty()) topics.push_back(output.dead_letter_topic);
    return look_at(output.brokers, output.properties, output_section, topics, stop);
}

}  // namespace

std::vector<std::string> missing_of(const InputSettings& input, const std::stop_token& stop) {
    return look_at(input, stop).sentences;
}

std::vector<std::string> missing_of(const InputSettings& input, const OutputSettings& output,
                                    const std::stop_token& stop) {
    auto missing = look_at(input, stop);
    if (!missing.reached && output.brokers == input.brokers) return missing.sentences;
    std::ranges::copy(look_at(output, stop).sentences, std::back_inserter(missing.sentences));
    return missing.sentences;
}

}  // namespace prelabel::kafka
