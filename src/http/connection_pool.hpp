#pragma once

#include "http/connection.hpp"
#include "http/idle_connections.hpp"
#include "http/waiters.hpp"

#include <cstddef>
#include <memory>
#include <utility>
#include <variant>

namespace prelabel::http {

class ConnectionPool;

/// A connection in use, or the room for one that is being made. Given back when it ends.
class Lease {
public:
    explicit Lease(ConnectionPool& pool);
    Lease(Lease&& other) noexcept
        : pool_(std::exchange(other.pool_, nullptr)), connection_(std::move(other.connection_)) {}
    Lease& operator=(Lease&&) = delete;
    ~Lease();

    [[nodiscard]] Connection& connection() const { return *connection_; }

private:
    friend class ConnectionPool;
    ConnectionPool* pool_;
    std::unique_ptr<Connection> connection_;
};

using Obtained = std::variant<Lease, HttpFailure>;

/// Connections to one endpoint: idle ones first, then new ones. Where this machine has no room for another one, a call
/// waits in line for one of the others, until its deadline.
///
/// Bound:    as many connections as fit into the limit of open files and leave others their share.
/// Lifetime: the context outlives it, and it the leases.   Threads: confined to the loop.
class ConnectionPool {
public:
    ConnectionPool(ConnectionContext& context, TlsContext* tls);

    /// `anew`: a new one, if there is room. Fails within the connect time-out, or at the deadline.
    [[nodiscard]] async::Coroutine<Obtained> obtain(TimePoint deadline, bool anew);
    /// Keeps no connections from now on.
    void close();

    [[nodiscard]] std::size_t busy() const { return leases_; }
    [[nodiscard]] std::size_t idle() const { return idle_.size(); }
    [[nodiscard]] std::uint64_t spoiled() const { return idle_.spoiled(); }

private:
    friend class Lease;
    using Opened = std::variant<std::unique_ptr<Connection>, HttpFailure>;

    [[nodiscard]] async::Coroutine<Obtained> make(TimePoint deadline);
    [[nodiscard]] async::Coroutine<Opened> open(TimePoint deadline);
    void release(std::unique_ptr<Connection> connection);

    ConnectionContext& context_;
    TlsContext* tls_;
    std::size_t connections_max_;
    std::size_t leases_ = 0;
    bool closed_ = false;
    IdleConnections idle_;
    Waiters line_;
};

}  // namespace prelabel::http
