#pragma once

#include <prelabel/base/time.hpp>

namespace prelabel::flow {

/// Stops calls that only a person can fix (no money, wrong key, no such model) and finds out when they work again.
///
///   closed ──trip──▸ open ──time──▸ half-open: one probe ──success──▸ closed
///                      ▲                 └──trip: twice the wait──┘
///
/// Bound: a probe every 5 s at first, every 60 s at the end.   Threads: confined to its worker.
class CircuitBreaker {
public:
    enum class State { closed, open, half_open };

    /// When the next call may start; not after `now` means at once.
    /// `TimePoint::max()`: a probe is under way, wait for it.
    [[nodiscard]] TimePoint ready_at(TimePoint now) const;
    /// A call starts; it must have been ready.
    void on_start(TimePoint now);
    /// A call returned without a reason to stop. Gives true if this closed the breaker.
    bool on_success();
    /// A call returned with a reason to stop. Gives true if this opened a closed breaker.
    bool on_trip(TimePoint now);
    [[nodiscard]] State state() const { return state_; }

private:
    State state_ = State::closed;
    Duration wait_{};
    TimePoint probe_at_{};
};

}  // namespace prelabel::flow
