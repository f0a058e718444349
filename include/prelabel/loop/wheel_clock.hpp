#pragma once

#include <prelabel/flow/timer_wheel.hpp>
#include <prelabel/pipeline/clock.hpp>
#include <prelabel/pipeline/task.hpp>

#include <memory>
#include <optional>

#include <boost/asio/basic_waitable_timer.hpp>

namespace prelabel::loop {

/// Real time: any number of timers over one timer of the event loop, which wakes only when something may be due.
///
/// Unit:     ticks of 1 ms; timers fire up to 1 ms late, never early.
/// Lifetime: timers may outlive it, which disarms them.   Threads: confined to the loop.
class WheelClock final : public pipeline::Clock {
public:
    explicit WheelClock(pipeline::Executor executor);
    ~WheelClock() override;

    [[nodiscard]] TimePoint now() const override;
    [[nodiscard]] WallTime wall_now() const override;
    void arm(flow::Timer& timer, TimePoint at) override;
    void disarm(flow::Timer& timer) override;

    /// Loop lag: how late the latest of the wake-ups since the last call came. A loop that turns well stays below 2 ms.
    [[nodiscard]] Duration take_worst_lag();

private:
    using SteadyTimer =
        boost::asio::basic_waitable_timer<std::chrono::steady_clock,
                                          boost::asio::wait_traits<std::chrono::steady_clock>, pipeline::Executor>;

    void schedule();
    void wake();

    flow::TimerWheel wheel_;
    SteadyTimer timer_;
    std::optional<TimePoint> wakes_at_;  ///< what timer_ waits for
    Duration worst_lag_{};
    bool advancing_ = false;
    std::shared_ptr<WheelClock*> self_;  ///< gone before a late wake-up could touch this
};

}  // namespace prelabel::loop
