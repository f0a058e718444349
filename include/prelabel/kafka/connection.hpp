#pragma once

#include <prelabel/base/result.hpp>
#include <prelabel/kafka/settings.hpp>

#include <cstddef>
#include <string>

namespace prelabel::kafka {

/// The output, with the input's brokers if it names none. If both use the same brokers, it also gets the input's
/// connection properties (security, SASL, TLS, sockets) that it does not set. Credentials never go to other brokers.
[[nodiscard]] OutputSettings with_connection_of(const InputSettings& input, OutputSettings output);

/// The output in transactions of the worker that has this name in the group.
[[nodiscard]] OutputSettings transactional(const InputSettings& input, OutputSettings output,
                                           const std::string& instance);

/// Settings for writing to the input topic itself, to load documents. There is no dead-letter topic, and a record
/// that is not acknowledged within 30 s fails. `output.kafka.max_record_bytes` is for what the worker writes: here a
/// record has up to `record_bytes_max`.
[[nodiscard]] OutputSettings loading_into(const InputSettings& input, std::size_t record_bytes_max);

/// Checks what the creation of a source or sink would refuse, without connecting.
/// Errors: Fault::config, naming the key and the reason.
[[nodiscard]] Result<> validate(const InputSettings& input);
[[nodiscard]] Result<> validate(const OutputSettings& output);

}  // namespace prelabel::kafka
