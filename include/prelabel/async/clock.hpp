#pragma once

#include <prelabel/async/coroutine.hpp>
#include <prelabel/async/timer_wheel.hpp>
#include <prelabel/base/time.hpp>

namespace prelabel::async {

/// Port: time. One timer wheel in production, virtual time in the simulation.
/// Threads: confined to the loop.
class Clock {
public:
    Clock() = default;
    Clock(const Clock&) = delete;
    Clock& operator=(const Clock&) = delete;
    virtual ~Clock() = default;

    [[nodiscard]] virtual TimePoint now() const = 0;
    [[nodiscard]] virtual WallTime wall_now() const = 0;
    /// Arms or re-arms a timer. It fires on the loop, not inside this call, even if `at` has passed.
    virtual void arm(Timer& timer, TimePoint at) = 0;
    virtual void disarm(Timer& timer) = 0;
};

/// Completes at `until` (at once through the loop if it has passed). The coroutine owns its timer.
[[nodiscard]] Coroutine<> sleep_until(Clock& clock, TimePoint until);

}  // namespace prelabel::async
