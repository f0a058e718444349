#pragma once

#include <cstddef>
#include <cstdint>

namespace prelabel::http {

/// What lies in a socket that nothing was asked of.
enum class Heard : std::uint8_t {
    nothing,
    bytes,
    end,  ///< the peer closed or reset it
};

/// Looks without taking anything and without waiting.
[[nodiscard]] Heard heard(int descriptor);

/// Bytes that were written and that the peer's system has not acknowledged. Every segment acknowledges what its sender
/// had when it left, so what comes while some are left was sent before the peer had all that was written.
/// Source: tcp(7), SIOCOUTQ.
[[nodiscard]] std::size_t unacknowledged_bytes(int descriptor);

}  // namespace prelabel::http
