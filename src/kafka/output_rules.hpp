#pragma once

#include <prelabel/base/result.hpp>
#include <prelabel/kafka/settings.hpp>
#include <prelabel/pipeline/outbox.hpp>

#include <cstddef>
#include <optional>
#include <string>

#include <librdkafka/rdkafka.h>

/// What a sink and a transactional outbox both know of an output and of a broker's refusal.
namespace prelabel::kafka {

/// What counts against the limit on a record.
[[nodiscard]] std::size_t bytes_of(const pipeline::Output& output);
/// A dead letter keeps the input's missing key wherever its topic lets it.
[[nodiscard]] std::optional<std::string> spare_key_of(const pipeline::Output& output);
[[nodiscard]] const std::string& topic_of(const OutputSettings& settings, pipeline::OutputKind kind);

/// What a broker says of a batch, whichever of its records is the cause.
[[nodiscard]] bool judges_the_batch(rd_kafka_resp_err_t error);
/// What is said once when a batch was refused.
[[nodiscard]] std::string refused_batch(rd_kafka_resp_err_t error);

/// Fault::input: known before it is sent.
[[nodiscard]] Error too_large(const OutputSettings& settings, pipeline::OutputKind kind, std::size_t bytes);
/// Why a record is not there.
[[nodiscard]] std::string unwritten(const OutputSettings& settings, pipeline::OutputKind kind,
                                    rd_kafka_resp_err_t error);

}  // namespace prelabel::kafka
