#pragma once

#include "http/connection.hpp"

#include <prelabel/http/http_outcome.hpp>

#include <variant>

namespace prelabel::http {

/// Resolves and connects, trying every address: each may take an equal share of the time that is left, and one that
/// did not work a short while ago comes last.
/// The context outlives the task.
[[nodiscard]] async::Coroutine<std::variant<Socket, HttpFailure>> dial(ConnectionContext* context, TimePoint deadline);

}  // namespace prelabel::http
