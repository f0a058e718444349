#pragma once

#include "kafka/handles.hpp"

#include <prelabel/base/record.hpp>

#include <vector>

namespace prelabel::kafka {

/// A copy of a message that was read, bytes untouched.
[[nodiscard]] Record record_of(const rd_kafka_message_t& message, const Partition& partition);

/// Headers for a message to be written; null where there are none.
[[nodiscard]] HeadersPtr headers_of(const std::vector<Header>& headers);

}  // namespace prelabel::kafka
