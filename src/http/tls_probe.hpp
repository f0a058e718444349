#pragma once

#include "http/connection.hpp"

namespace prelabel::http {

/// Whether the endpoint's port speaks TLS: one connection, a hello, and its first two bytes. No request is sent.
/// Lifetime: `context` outlives it.
[[nodiscard]] async::Coroutine<bool> speaks_tls(ConnectionContext* context, TimePoint deadline);

}  // namespace prelabel::http
