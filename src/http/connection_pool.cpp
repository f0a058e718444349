#include "http/connection_pool.hpp"

#include "http/dialer.hpp"

#include <prelabel/http/descriptors.hpp>
#include <prelabel/http/http_client.hpp>

#include <algorithm>
#include <string>

namespace prelabel::http {

using async::Coroutine;

Lease::Lease(ConnectionPool& pool) : pool_(&pool) { ++pool.leases_; }

Lease::~Lease() {
    if (pool_) pool_->release(std::move(connection_));
}

ConnectionPool::ConnectionPool(ConnectionContext& context, TlsContext* tls)
    : context_(context),
      tls_(tls),
      connections_max_(std::max<std::size_t>(1, connections_within(descriptor_limit()))),
      idle_(context.clock, context.settings.keep_alive, HttpClient::idle_connections_max),
      line_(context.clock, context.aborts) {}

void ConnectionPool::close() {
    closed_ = true;
    idle_.clear();
}

/// An idle connection goes to whoever waits longest. Whoever leaves without one passes the news on.
Coroutine<Obtained> ConnectionPool::obtain(TimePoint deadline, bool anew) {
    HttpFailure why{FailureKind::timed_out, Sent::no, "the call's deadline passed before it was sent"};
    bool waited = false;
    while (!context_.aborts.aborted() && deadline > context_.clock.now()) {
        if (waited || (!anew && line_.empty())) {
            if (auto connection = idle_.take()) {
                Lease lease(*this);
                lease.connection_ = std::move(connection);
                ++context_.stats.connections_reused;
                Obtained taken = std::move(lease);
                co_return taken;
            }
        }
        if (leases_ < connections_max_) {
            Obtained made = co_await make(deadline);
            auto* failure = std::get_if<HttpFailure>(&made);
            if (!failure) co_return made;
            why = std::move(*failure);
            if (why.kind != FailureKind::local_limit || leases_ == 0) break;
        } else {
            why = {FailureKind::local_limit, Sent::no,
                   "no room for a connection to " + context_.endpoint.display() + ": the limit of open files leaves " +
                       std::to_string(connections_max_)};
        }
        co_await line_.wait(deadline);
        waited = true;
    }
    if (context_.aborts.aborted()) why = {FailureKind::connection, Sent::no, std::string(abort_message)};
    line_.wake_first();
    Obtained none = std::move(why);
    co_return none;
}

Coroutine<Obtained> ConnectionPool::make(TimePoint deadline) {
    Lease lease(*this);
    Opened opened = co_await open(deadline);
    if (auto* failure = std::get_if<HttpFailure>(&opened)) {
        ++context_.stats.connections_failed;
        Obtained none = std::move(*failure);
        co_return none;
    }
    ++context_.stats.connections_opened;
    lease.connection_ = std::move(std::get<std::unique_ptr<Connection>>(opened));
    Obtained made = std::move(lease);
    co_return made;
}

Coroutine<ConnectionPool::Opened> ConnectionPool::open(TimePoint deadline) {
    const TimePoint limit = std::min(deadline, context_.clock.now() + context_.settings.connect_timeout);
    auto dialed = co_await dial(&context_, limit);
    if (auto* failure = std::get_if<HttpFailure>(&dialed)) {
        Opened failed = std::move(*failure);
        co_return failed;
    }
    Socket& socket = std::get<Socket>(dialed);
    auto connection = tls_ ? make_tls_connection(std::move(socket), context_, *tls_)
                           : make_plain_connection(std::move(socket), context_);
    auto failure = co_await connection->handshake(limit);
    Opened opened = std::move(connection);
    if (failure) opened = std::move(*failure);
    co_return opened;
}

void ConnectionPool::release(std::unique_ptr<Connection> connection) {
    --leases_;
    if (!connection) return;  // it never came to be, and whoever wanted it passes the news on
    if (connection->reusable() && !closed_) {
        idle_.put(std::move(connection));
    } else {
        connection.reset();
    }
    line_.wake_first();
}

}  // namespace prelabel::http
