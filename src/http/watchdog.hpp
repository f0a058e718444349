#pragma once

#include <prelabel/async/clock.hpp>
#include <prelabel/base/time.hpp>

#include <functional>

namespace prelabel::http {

/// Ends what takes too long: nothing happened for `idle`, or `total` is reached.
///
/// Cost:     one arm and one disarm of a timer per watch; touch() only notes the time.
/// Lifetime: the clock outlives it; `expire` runs on the loop, at most once per start().
class Watchdog {
public:
    enum class Expired { no, idle, total };

    Watchdog(async::Clock& clock, std::function<void()> expire);

    void start(TimePoint now, TimePoint total, Duration idle);
    /// Something happened.
    void touch() { last_ = clock_.now(); }
    /// From now on nothing may take longer than `idle`.
    void limit_idle(Duration idle);
    void stop() { clock_.disarm(timer_); }
    [[nodiscard]] Expired expired() const { return expired_; }

private:
    void fire();

    async::Clock& clock_;
    std::function<void()> expire_;
    async::Timer timer_;
    TimePoint total_;
    TimePoint last_;
    Duration idle_{};
    Expired expired_ = Expired::no;
};

}  // namespace prelabel::http
