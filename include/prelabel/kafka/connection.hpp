#pragma once

#include <prelabel/base/result.hpp>
#include <prelabel/kafka/settings.hpp>

namespace prelabel::kafka {

/// The output with the input's brokers where it names none, and, if both use the same brokers, with the input's
/// connection properties (security, SASL, TLS, sockets) where it sets none. Credentials never travel to other brokers.
[[nodiscard]] OutputSettings with_connection_of(const InputSettings& input, OutputSettings output);

/// How to write to the input topic itself: for loading documents. There is no dead-letter topic, and a record
/// that is not acknowledged within 30 s fails.
[[nodiscard]] OutputSettings loading_into(const InputSettings& input);

/// What creating a source or sink would refuse, without connecting.
/// Errors: Fault::config, naming the key and the reason.
[[nodiscard]] Result<> validate(const InputSettings& input);
[[nodiscard]] Result<> validate(const OutputSettings& output);

}  // namespace prelabel::kafka
