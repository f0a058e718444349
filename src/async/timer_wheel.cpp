#include <prelabel/async/timer_wheel.hpp>
#include <prelabel/base/expects.hpp>

#include <algorithm>
#include <bit>

namespace prelabel::async {

Timer::~Timer() {
    if (wheel_) wheel_->disarm(*this);
}

TimerWheel::TimerWheel(TimePoint start, Duration resolution) : start_(start), resolution_(resolution) {
    expects(resolution > Duration::zero(), "a tick takes time");
}

TimerWheel::~TimerWheel() {
    for (auto wake = next(); wake; wake = next()) pop(wake->level, wake->slot);
}

void TimerWheel::arm(Timer& timer, TimePoint at) {
    if (timer.wheel_) {
        expects(timer.wheel_ == this, "a timer belongs to one wheel at a time");
        unlink(timer);
    }
    const Duration wait = at > start_ ? at - start_ : Duration::zero();
    const auto tick =
        static_cast<std::uint64_t>(wait / resolution_) + (wait % resolution_ > Duration::zero() ? 1U : 0U);
    timer.tick_ = std::max(tick, tick_ + 1);
    insert(timer);
}

void TimerWheel::disarm(Timer& timer) {
    if (!timer.wheel_) return;
    expects(timer.wheel_ == this, "a timer is disarmed by its own wheel");
    unlink(timer);
}

void TimerWheel::advance(TimePoint now) {
    expects(!advancing_, "a firing timer does not advance the wheel");
    const Duration passed = now > start_ ? now - start_ : Duration::zero();
    const auto target = static_cast<std::uint64_t>(passed / resolution_);
    advancing_ = true;
    for (auto wake = next(); wake && wake->tick <= target; wake = next()) {
        tick_ = wake->tick;
        const std::uint64_t bit = std::uint64_t{1} << wake->slot;
        // The slot's own timers only: what is armed meanwhile goes to later slots.
        while ((occupied_[wake->level] & bit) != 0) {
            Timer& timer = pop(wake->level, wake->slot);
            if (wake->level == 0) {
                timer.fire_();
            } else {
                insert(timer);
            }
        }
    }
    tick_ = std::max(tick_, target);
    advancing_ = false;
}

std::optional<TimePoint> TimerWheel::next_wake() const {
    const auto wake = next();
    if (!wake) return std::nullopt;
    const auto ticks_max = static_cast<std::uint64_t>((TimePoint::max() - std::max(start_, TimePoint{})) / resolution_);
    return start_ + resolution_ * static_cast<Duration::rep>(std::min(wake->tick, ticks_max));
}

// Timers on a lower level share more digits with the current tick, so they are due before all on higher levels; slots
// below the current digit are empty.
std::optional<TimerWheel::Next> TimerWheel::next() const {
    for (unsigned level = 0; level < levels; ++level) {
        if (occupied_[level] == 0) continue;
        const auto slot = static_cast<unsigned>(std::countr_zero(occupied_[level]));
        const unsigned shift = level * digit_bits;
        const unsigned above = shift + digit_bits;
        const std::uint64_t prefix = above < 64 ? tick_ >> above << above : 0;
        return Next{level, slot, prefix | std::uint64_t{slot} << shift};
    }
    return std::nullopt;
}

void TimerWheel::insert(Timer& timer) {
    const std::uint64_t differs = timer.tick_ ^ tick_;
    const unsigned level = differs == 0 ? 0 : (static_cast<unsigned>(std::bit_width(differs)) - 1) / digit_bits;
    const auto slot = static_cast<unsigned>(timer.tick_ >> (level * digit_bits)) & (slots - 1);
    TimerLink& ring = rings_[level][slot];
    timer.previous = ring.previous;
    timer.next = &ring;
    ring.previous->next = &timer;
    ring.previous = &timer;
    timer.wheel_ = this;
    timer.place_ = static_cast<std::uint16_t>(level * slots + slot);
    occupied_[level] |= std::uint64_t{1} << slot;
    ++armed_;
}

void TimerWheel::unlink(Timer& timer) {
    timer.previous->next = timer.next;
    timer.next->previous = timer.previous;
    if (timer.next == timer.previous && timer.next == &rings_[timer.place_ / slots][timer.place_ % slots]) {
        occupied_[timer.place_ / slots] &= ~(std::uint64_t{1} << timer.place_ % slots);
    }
    timer.previous = timer.next = &timer;
    timer.wheel_ = nullptr;
    --armed_;
}

Timer& TimerWheel::pop(unsigned level, unsigned slot) {
    auto& timer = static_cast<Timer&>(*rings_[level][slot].next);
    unlink(timer);
    return timer;
}

}  // namespace prelabel::async
