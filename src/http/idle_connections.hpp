#pragma once

#include "http/connection.hpp"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>

namespace prelabel::http {

/// Connections kept for the next call, the most recently used first, so that those beyond need grow old and are closed.
/// One over which anything came while it was idle is closed and never used: whatever it carries answers another call.
///
/// Bound: `count_max`, and `keep_alive` of age.   Lifetime: the clock outlives it.
class IdleConnections {
public:
    IdleConnections(async::Clock& clock, Duration keep_alive, std::size_t count_max);

    /// The one used last that is young enough and silent; none when there is none.
    [[nodiscard]] std::unique_ptr<Connection> take();
    void put(std::unique_ptr<Connection> connection);
    void clear();
    [[nodiscard]] std::size_t size() const { return connections_.size(); }
    /// Connections closed because bytes came that nobody had asked for.
    [[nodiscard]] std::uint64_t spoiled() const { return spoiled_; }

private:
    void drop_old();

    async::Clock& clock_;
    Duration keep_alive_;
    std::size_t count_max_;
    std::deque<std::unique_ptr<Connection>> connections_;  ///< oldest first
    std::uint64_t spoiled_ = 0;
    async::Timer sweep_;
};

}  // namespace prelabel::http
