#pragma once

#include <prelabel/base/record.hpp>
#include <prelabel/base/result.hpp>
#include <prelabel/kafka/settings.hpp>

#include <functional>
#include <string>
#include <string_view>

namespace prelabel::kafka {

struct TopicToScan {
    std::string brokers;
    std::string topic;
    Properties properties;     ///< those of the connection; `isolation.level` too
    std::string_view section;  ///< where they stand in the configuration, for errors
    std::string group;         ///< a group that this user may read with; nothing joins it, and nothing is committed
};

/// Reads what a topic holds, in order within each partition: from its beginning to the end that it had at the call.
/// Records of aborted transactions are not among them, and the end of an open one is waited for. Stops early when
/// `on_record` says false.
/// Bound: 10 s without a word of the brokers, a minute behind an open transaction.   Threads: blocks; not for the loop.
/// Errors: Fault::config, naming the property; Fault::dependency where the topic is missing or cannot be read.
[[nodiscard]] Result<> scan_topic(const TopicToScan& from, const std::function<bool(Record)>& on_record);

}  // namespace prelabel::kafka
