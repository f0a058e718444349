#pragma once

#include <prelabel/async/clock.hpp>
#include <prelabel/async/coroutine.hpp>
#include <prelabel/async/timer_wheel.hpp>

#include <memory>
#include <optional>

#include <boost/asio/basic_waitable_timer.hpp>

namespace prelabel::async {

/// Real time: any number of timers on one timer of the event loop, which wakes only when a timer may be due.
///
/// Unit:     ticks of 1 ms; timers fire up to 1 ms late, never early.
/// Lifetime: timers may outlive it, which disarms them.   Threads: confined to the loop.
class WheelClock final : public Clock {
public:
    explicit WheelClock(Executor executor);
    ~WheelClock() override;

    [[nodiscard]] TimePoint now() const override;
    [[nodiscard]] WallTime wall_now() const override;
    void arm(Timer& timer, TimePoint at) override;
    void disarm(Timer& timer) override;

    /// Loop lag: the longest delay of a wake-up since the last call. A healthy loop stays below 2 ms.
    [[nodiscard]] Duration take_worst_lag();

private:
    using SteadyTimer =
        boost::asio::basic_waitable_timer<std::chrono::steady_clock,
                                          boost::asio::wait_traits<std::chrono::steady_clock>, Executor>;

    void schedule();
    void wake();

    TimerWheel wheel_;
    SteadyTimer timer_;
    std::optional<TimePoint> wakes_at_;  ///< what timer_ waits for
    Duration worst_lag_{};
    bool advancing_ = false;
    std::shared_ptr<WheelClock*> self_;  ///< removed before a late wake-up could use this
};

}  // namespace prelabel::async
