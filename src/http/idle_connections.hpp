#pragma once

#include "http/connection.hpp"

#include <cstddef>
#include <deque>
#include <memory>

namespace prelabel::http {

/// Connections kept for the next call, the most recently used first, so that those beyond need grow old and are closed.
/// Bound: `count_max`, and `keep_alive` of age.   Lifetime: the clock outlives it.
class IdleConnections {
public:
    IdleConnections(pipeline::Clock& clock, Duration keep_alive, std::size_t count_max);

    /// The one used last; none when there is none young enough.
    [[nodiscard]] std::unique_ptr<Connection> take();
    void put(std::unique_ptr<Connection> connection);
    void clear();
    [[nodiscard]] std::size_t size() const { return connections_.size(); }

private:
    void drop_old();

    pipeline::Clock& clock_;
    Duration keep_alive_;
    std::size_t count_max_;
    std::deque<std::unique_ptr<Connection>> connections_;  ///< oldest first
    pipeline::Timer sweep_;
};

}  // namespace prelabel::http
