#pragma once

#include "http/abort_list.hpp"
#include "http/exchange_end.hpp"
#include "http/host_resolver.hpp"
#include "http/request_id.hpp"
#include "http/socket_facts.hpp"
#include "http/write_all.hpp"

#include <prelabel/async/clock.hpp>
#include <prelabel/async/coroutine.hpp>
#include <prelabel/http/base_url.hpp>
#include <prelabel/http/http_outcome.hpp>
#include <prelabel/http/settings.hpp>
#include <prelabel/http/stats.hpp>

#include <memory>
#include <optional>
#include <string>
#include <utility>

namespace prelabel::http {

class TlsContext;

/// A prepared request: `head` is its request line and those fields that all have;
/// id, length and the empty line are added.
struct PreparedRequest {
    std::shared_ptr<const std::string> head;
    std::shared_ptr<const std::string> body;
    TimePoint deadline;
};

struct Exchange {
    HttpOutcome outcome;
    ExchangeEnd end;
};

/// What all connections of one client share. It outlives them.
struct ConnectionContext {
    ConnectionContext(async::Executor loop, async::Clock& time, Endpoint to, Settings with, std::uint64_t client)
        : executor(loop),
          clock(time),
          endpoint(std::move(to)),
          settings(std::move(with)),
          ids(client),
          resolver(executor, clock, aborts, endpoint.host, endpoint.port, look_up) {}

    async::Executor executor;
    async::Clock& clock;
    Endpoint endpoint;
    Settings settings;
    Stats stats;
    AbortList aborts;
    RequestIds ids;
    HostResolver resolver;
};

/// One connection: one exchange at a time. Two kinds, plain and TLS, so that the plain one pays nothing for the other.
class Connection {
public:
    Connection() = default;
    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;
    virtual ~Connection() = default;

    /// Makes a connected socket ready for exchanges.
    [[nodiscard]] virtual async::Coroutine<std::optional<HttpFailure>> handshake(TimePoint deadline) = 0;
    [[nodiscard]] virtual async::Coroutine<Exchange> exchange(PreparedRequest request) = 0;
    /// Whether another exchange may follow.
    [[nodiscard]] virtual bool reusable() const = 0;
    /// What came over it while it was idle: anything but nothing makes it useless.
    [[nodiscard]] virtual Heard heard() = 0;

    TimePoint idle_since{};
};

[[nodiscard]] std::unique_ptr<Connection> make_plain_connection(Socket socket, ConnectionContext& context);
[[nodiscard]] std::unique_ptr<Connection> make_tls_connection(Socket socket, ConnectionContext& context,
                                                              TlsContext& tls);

}  // namespace prelabel::http
