#pragma once

#include <prelabel/base/result.hpp>
#include <prelabel/kafka/settings.hpp>

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

namespace prelabel::kafka {

struct NewTopic {
    std::string name;
    std::int32_t partitions = 1;
    std::int32_t replicas = 1;
    Properties config;  ///< topic configuration, with the broker's names
};

/// Creates topics; existing topics are not changed. `properties` are those of the connection.
/// Bound: `timeout`.   Threads: blocks; not for the loop.
/// Errors: Fault::config or Fault::dependency, naming the topic.
[[nodiscard]] Result<> create_topics(std::string brokers, Properties properties, std::vector<NewTopic> topics,
                                     std::chrono::milliseconds timeout);

}  // namespace prelabel::kafka
