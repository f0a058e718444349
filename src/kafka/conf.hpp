#pragma once

#include "kafka/handles.hpp"

#include <prelabel/base/result.hpp>
#include <prelabel/kafka/settings.hpp>

#include <chrono>
#include <string>
#include <string_view>

namespace prelabel::kafka {

/// From librdkafka 2.10 on, a member of a cooperative group that commits by hand keeps its assignment reliably.
[[nodiscard]] bool can_rebalance_incrementally();

/// How long the broker lets a transaction stay open.
[[nodiscard]] std::chrono::milliseconds transaction_timeout(const Properties& properties);

/// A transactional producer's retry.backoff.ms: the client waits so long, give or take a fifth,
/// before it sends a request again.
constexpr std::chrono::milliseconds transaction_retry_backoff{500};
/// A call of its client that ended sooner sent each of its requests once.
constexpr std::chrono::milliseconds sent_once_within = transaction_retry_backoff * 4 / 5;

/// Whether records share batches. A batch is refused as a whole: only alone a record is judged by itself.
enum class Batching { shared, alone };

/// A client's configuration: our defaults, then the user's properties, then what guarantees rest on.
/// Errors: Fault::config, naming `input.kafka.properties.<name>` or `output.kafka.properties.<name>` and the reason.
[[nodiscard]] Result<ConfPtr> consumer_conf(const InputSettings& input);
[[nodiscard]] Result<ConfPtr> producer_conf(const OutputSettings& output, Batching batching = Batching::shared);
/// For looking and administering: properties that only concern consuming or producing are accepted too.
[[nodiscard]] Result<ConfPtr> admin_conf(const std::string& brokers, const Properties& properties,
                                         std::string_view section, const std::string& group = {});

/// A client with its log turned into events. `properties` and `section` name the culprit in an error.
[[nodiscard]] Result<ClientPtr> make_client(rd_kafka_type_t type, ConfPtr conf, const Properties& properties,
                                            std::string_view section);

inline constexpr std::string_view input_section = "input.kafka";
inline constexpr std::string_view output_section = "output.kafka";

}  // namespace prelabel::kafka
