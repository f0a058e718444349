#include "kafka/conf.hpp"

#include <prelabel/kafka/connection.hpp>

#include <algorithm>
#include <charconv>
#include <string_view>

namespace prelabel::kafka {
namespace {

constexpr const char* load_timeout_ms = "30000";
constexpr int max_poll_interval_default_ms = 300'000;  // librdkafka's

bool concerns_connection(std::string_view name) {
    constexpr std::string_view prefixes[] = {"security.", "sasl.",     "ssl.",         "enable.ssl.", "enable.sasl.",
                                             "socket.",   "broker.",   "https.",       "reconnect.",  "connections.",
                                             "client.",   "metadata.", "api.version.", "test.mock."};
    return std::ranges::any_of(prefixes, [&](auto prefix) { return name.starts_with(prefix); });
}

void copy_connection(const Properties& from, Properties& to) {
    for (const auto& [name, value] : from)
        if (concerns_connection(name)) to.try_emplace(name, value);
}

}  // namespace

OutputSettings with_connection_of(const InputSettings& input, OutputSettings output) {
    if (output.brokers.empty()) output.brokers = input.brokers;
    if (output.brokers == input.brokers) copy_connection(input.properties, output.properties);
    return output;
}

OutputSettings transactional(const InputSettings& input, OutputSettings output, const std::string& instance) {
    output.transactional_id = input.group + "." + instance;
    return output;
}

OutputSettings loading_into(const InputSettings& input, std::size_t record_bytes_max) {
    OutputSettings output;
    output.topic = input.topic;
    output.max_record_bytes = record_bytes_max;
    output.properties.emplace("message.timeout.ms", load_timeout_ms);  // somebody waits at a prompt
    return with_connection_of(input, std::move(output));
}

std::chrono::milliseconds InputSettings::max_poll_interval() const {
    std::chrono::milliseconds::rep value = max_poll_interval_default_ms;
    if (const auto given = properties.find("max.poll.interval.ms"); given != properties.end()) {
        const auto& text = given->second;
        std::from_chars(text.data(), text.data() + text.size(), value);  // validate() refuses what is no number
    }
    return std::chrono::milliseconds(value);
}

Result<> validate(const InputSettings& input) {
    auto conf = consumer_conf(input);
    if (!conf) return conf.error();
    auto client = make_client(RD_KAFKA_CONSUMER, std::move(*conf), input.properties, input_section);
    if (!client) return client.error();
    return {};
}

Result<> validate(const OutputSettings& output) {
    auto conf = producer_conf(output);
    if (!conf) return conf.error();
    auto client = make_client(RD_KAFKA_PRODUCER, std::move(*conf), output.properties, output_section);
    if (!client) return client.error();
    return {};
}

}  // namespace prelabel::kafka
