#pragma once

#include "http/connection.hpp"

#include <optional>

namespace prelabel::http {

/// Asks the proxy at the other end of `socket` for a tunnel to the context's endpoint. None: what is written from now
/// on goes to the endpoint.
/// Bound: the answer's head is at most 16 KiB; ends by `deadline`.   Source: RFC 9110, section 9.3.6.
/// The context and the socket outlive the task.
[[nodiscard]] async::Coroutine<std::optional<HttpFailure>> open_tunnel(ConnectionContext* context, Socket* socket,
                                                                       TimePoint deadline);

}  // namespace prelabel::http
