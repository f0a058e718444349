#include <prelabel/async/wheel_clock.hpp>

#include <algorithm>
#include <chrono>
#include <utility>

namespace prelabel::async {
namespace {

TimePoint steady_now() {
    return TimePoint(std::chrono::duration_cast<Duration>(std::chrono::steady_clock::now().time_since_epoch()));
}

}  // namespace

WheelClock::WheelClock(Executor executor)
    : wheel_(steady_now(), std::chrono::milliseconds(1)),
      timer_(executor),
      self_(std::make_shared<WheelClock*>(this)) {}

WheelClock::~WheelClock() = default;

TimePoint WheelClock::now() const { return steady_now(); }

WallTime WheelClock::wall_now() const {
    return std::chrono::floor<WallTime::duration>(std::chrono::system_clock::now());
}

void WheelClock::arm(Timer& timer, TimePoint at) {
    wheel_.arm(timer, at);
    if (!advancing_ && !(wakes_at_ && *wakes_at_ <= at)) schedule();
}

void WheelClock::disarm(Timer& timer) {
    wheel_.disarm(timer);
    // A wake-up that finds nothing due is harmless, but one that nobody waits for would keep the loop from ending.
    if (wheel_.armed() == 0 && wakes_at_ && !advancing_) {
        wakes_at_.reset();
        timer_.cancel();
    }
}

Duration WheelClock::take_worst_lag() { return std::exchange(worst_lag_, Duration{}); }

void WheelClock::schedule() {
    const auto at = wheel_.next_wake();
    if (!at || (wakes_at_ && *wakes_at_ <= *at)) return;
    wakes_at_ = at;
    timer_.expires_at(std::chrono::steady_clock::time_point(
        std::chrono::duration_cast<std::chrono::steady_clock::duration>(at->time_since_epoch())));
    timer_.async_wait([self = std::weak_ptr<WheelClock*>(self_)](const boost::system::error_code& cancelled) {
        if (cancelled) return;
        if (const auto clock = self.lock()) (*clock)->wake();
    });
}

void WheelClock::wake() {
    const TimePoint now = steady_now();
    if (wakes_at_) worst_lag_ = std::max(worst_lag_, now - *wakes_at_);
    wakes_at_.reset();
    advancing_ = true;
    wheel_.advance(now);
    advancing_ = false;
    schedule();
}

}  // namespace prelabel::async
