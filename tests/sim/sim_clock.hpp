#pragma once

#include <prelabel/async/clock.hpp>
#include <prelabel/async/timer_wheel.hpp>
#include <prelabel/base/rng.hpp>

#include <cstdint>
#include <optional>

namespace prelabel::sim {

/// Time that stands still while anything can run, and then jumps to the next timer.
/// Unit: ticks of one microsecond; the simulation begins at an arbitrary moment in 2026.
class SimClock final : public async::Clock {
public:
    SimClock() = default;
    /// Timers fire up to `late_max` late, as drawn: so what is due at one moment runs in any order.
    explicit SimClock(std::uint64_t seed) : order_(seed) {}

    [[nodiscard]] TimePoint now() const override { return now_; }
    [[nodiscard]] WallTime wall_now() const override {
        return WallTime(std::chrono::milliseconds(1'790'000'000'000)) +
               std::chrono::floor<std::chrono::milliseconds>(now_.time_since_epoch());
    }
    void arm(async::Timer& timer, TimePoint at) override {
        if (order_) at += std::chrono::microseconds(order_->below(late_max.count() + 1));
        wheel_.arm(timer, at);
    }
    void disarm(async::Timer& timer) override { wheel_.disarm(timer); }

    /// False when nothing is armed: whoever waits then waits for ever.
    bool jump() {
        const auto next = wheel_.next_wake();
        if (!next) return false;
        if (*next > now_) now_ = *next;
        wheel_.advance(now_);
        return true;
    }

private:
    static constexpr std::chrono::microseconds late_max{4};

    std::optional<Rng> order_;
    TimePoint now_ = TimePoint{} + std::chrono::hours(1);
    async::TimerWheel wheel_{TimePoint{}, std::chrono::microseconds(1)};
};

}  // namespace prelabel::sim
