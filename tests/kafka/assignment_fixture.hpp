#pragma once

#include "kafka/assignment.hpp"
#include "kafka/conf.hpp"

#include <stdexcept>
#include <string>
#include <utility>

namespace prelabel::kafka {

inline const Partition p0{"in", 0};
inline const Partition p1{"in", 1};
inline const Partition p2{"in", 2};

inline ClientPtr consumer(const std::string& brokers, const Properties& properties = {}) {
    const InputSettings input{brokers, "in", "group", properties};
    auto conf = consumer_conf(input);
    if (!conf) throw std::runtime_error(conf.error().message);
    auto client = make_client(RD_KAFKA_CONSUMER, std::move(*conf), properties, input_section);
    if (!client) throw std::runtime_error(client.error().message);
    return std::move(*client);
}

}  // namespace prelabel::kafka
