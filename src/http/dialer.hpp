#pragma once

#include "http/connection.hpp"

#include <prelabel/http/base_url.hpp>
#include <prelabel/http/http_outcome.hpp>
#include <prelabel/http/proxy.hpp>

#include <optional>
#include <variant>

namespace prelabel::http {

/// Resolves and connects, trying every address: each may take an equal share of the time that is left, and one that
/// did not work a short while ago comes last.
/// The context outlives the task.
[[nodiscard]] async::Coroutine<std::variant<Socket, HttpFailure>> dial(ConnectionContext* context, TimePoint deadline);

/// Why a look-up gave no address. A host that does not exist is a wrong address; name servers that do not answer, or
/// cannot say it now, are an outage.
[[nodiscard]] HttpFailure cannot_resolve(const Endpoint& endpoint, const std::optional<Proxy>& proxy,
                                         const boost::system::error_code& error);

}  // namespace prelabel::http
