#include "http/idle_connections.hpp"

#include <utility>

namespace prelabel::http {

IdleConnections::IdleConnections(async::Clock& clock, Duration keep_alive, std::size_t count_max)
    : clock_(clock), keep_alive_(keep_alive), count_max_(count_max), sweep_([this] { drop_old(); }) {}

std::unique_ptr<Connection> IdleConnections::take() {
    const TimePoint now = clock_.now();
    while (!connections_.empty()) {
        auto connection = std::move(connections_.back());
        connections_.pop_back();
        if (connection->idle_since + keep_alive_ <= now) {
            connections_.clear();  // the others are older
            break;
        }
        const Heard heard = connection->heard();
        if (heard == Heard::nothing) return connection;
        if (heard == Heard::bytes) ++spoiled_;
    }
    return nullptr;
}

void IdleConnections::put(std::unique_ptr<Connection> connection) {
    connection->idle_since = clock_.now();
    connections_.push_back(std::move(connection));
    if (connections_.size() > count_max_) connections_.pop_front();
    if (!sweep_.armed()) clock_.arm(sweep_, connections_.front()->idle_since + keep_alive_);
}

void IdleConnections::clear() {
    connections_.clear();
    clock_.disarm(sweep_);
}

void IdleConnections::drop_old() {
    const TimePoint now = clock_.now();
    while (!connections_.empty() && connections_.front()->idle_since + keep_alive_ <= now) connections_.pop_front();
    if (!connections_.empty()) clock_.arm(sweep_, connections_.front()->idle_since + keep_alive_);
}

}  // namespace prelabel::http
