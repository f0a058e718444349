#pragma once

#include <chrono>
#include <cstddef>
#include <map>
#include <string>

namespace prelabel::kafka {

/// Any librdkafka property; the user's values replace our defaults,
/// except those that would break a guarantee (refused with a reason).
using Properties = std::map<std::string, std::string>;

struct InputSettings {
    std::string brokers;
    std::string topic;
    std::string group = "prelabel";
    Properties properties;

    /// How long the group waits for a member to release partitions: its max.poll.interval.ms.
    [[nodiscard]] std::chrono::milliseconds max_poll_interval() const;
};

struct OutputSettings {
    std::string brokers;  ///< if empty, the input's
    std::string topic;
    std::string dead_letter_topic;
    std::size_t max_record_bytes = 1'000'000;
    Properties properties;  ///< the input's connection properties apply too, if the brokers are the same
};

}  // namespace prelabel::kafka
