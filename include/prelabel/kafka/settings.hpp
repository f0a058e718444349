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
    /// What is committed is waited for while a transaction that may commit more is open, however long that is.
    bool await_transactions = false;

    /// How long the group waits for a member to release partitions: its max.poll.interval.ms.
    [[nodiscard]] std::chrono::milliseconds max_poll_interval() const;
};

struct OutputSettings {
    std::string brokers;  ///< if empty, the input's
    std::string topic;
    std::string dead_letter_topic;
    std::size_t max_record_bytes = 1'000'000;
    Properties properties;         ///< the input's connection properties apply too, if the brokers are the same
    std::string transactional_id;  ///< empty: its producer has no transactions
};

/// Transactions of a worker, and how large one grows.
struct TransactionSettings {
    std::string instance;                        ///< the worker's name among those of its group; see default_instance()
    std::size_t outputs_max = 1'000;             ///< in one transaction
    std::size_t outputs_bytes_max = 16U << 20U;  ///< likewise; a larger output goes by itself
    std::size_t hurry_at = 1'000;                ///< when so many wait, they do not wait for the interval
    bool on_a_mock = false;                      ///< for tests: librdkafka's mock broker keeps no transactions
};

/// The host's name and something random: no other worker has it.
[[nodiscard]] std::string default_instance();

}  // namespace prelabel::kafka
