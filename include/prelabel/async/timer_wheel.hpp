#pragma once

#include <prelabel/base/time.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <utility>

namespace prelabel::async {

class TimerWheel;

/// A place in a ring of timers. Alone, it points at itself.
struct TimerLink {
    TimerLink() = default;
    TimerLink(const TimerLink&) = delete;
    TimerLink& operator=(const TimerLink&) = delete;

    TimerLink* previous = this;
    TimerLink* next = this;
};

/// An event at a time. Intrusive: arming and disarming allocate no memory.
/// Lifetime: destroying disarms, except inside its own `fire`; it may outlive its wheel, which disarms it.
/// Errors: `fire` must not throw.
class Timer : private TimerLink {
public:
    explicit Timer(std::function<void()> fire) : fire_(std::move(fire)) {}
    ~Timer();

    [[nodiscard]] bool armed() const { return wheel_ != nullptr; }

private:
    friend class TimerWheel;
    std::function<void()> fire_;
    TimerWheel* wheel_ = nullptr;  ///< while armed
    std::uint64_t tick_ = 0;
    std::uint16_t place_ = 0;  ///< level and slot
};

/// Deadlines of many concurrent calls; nearly all of them are disarmed before they fire.
///
/// A tick is a number of eleven base-64 digits. A timer waits on the level of the highest digit in which its tick
/// differs from the current one, in that digit's slot, and moves down as time reaches that slot:
///
///   now  0 3 17      timer 0 3 40 → level 0, slot 40      timer 0 9 05 → level 1, slot 9, then level 0, slot 5
///
/// Unit:    one tick is `resolution`; a timer fires at the first tick not before its time and after the last one fired:
///          never early.
/// Bound:   11 × 64 slots for every possible time.
/// Cost:    arm and disarm are O(1); advancing costs per timer that fires or moves down, not per tick that passes.
/// Threads: confined to its loop.
/// Source:  Varghese and Lauck, "Hashed and hierarchical timing wheels", 1987.
class TimerWheel {
public:
    TimerWheel(TimePoint start, Duration resolution);
    TimerWheel(const TimerWheel&) = delete;
    TimerWheel& operator=(const TimerWheel&) = delete;
    ~TimerWheel();

    /// Arms or re-arms.
    void arm(Timer& timer, TimePoint at);
    /// A timer that is not armed may be disarmed.
    void disarm(Timer& timer);
    /// Fires all timers due at `now`, earliest tick first, in the order of arming within a tick. A firing timer may arm
    /// or disarm any timer, also itself. A `now` before the last one is ignored.
    void advance(TimePoint now);
    /// When advance() should be called next at the latest, never after the next timer's tick;
    /// none if no timer is armed.
    [[nodiscard]] std::optional<TimePoint> next_wake() const;
    [[nodiscard]] std::size_t armed() const { return armed_; }

private:
    static constexpr unsigned digit_bits = 6;
    static constexpr unsigned slots = 1U << digit_bits;
    static constexpr unsigned levels = 11;

    /// Where the first timer waits, and from which tick on.
    struct Next {
        unsigned level;
        unsigned slot;
        std::uint64_t tick;
    };

    [[nodiscard]] std::optional<Next> next() const;
    void insert(Timer& timer);
    void unlink(Timer& timer);
    Timer& pop(unsigned level, unsigned slot);

    TimePoint start_;
    Duration resolution_;
    std::uint64_t tick_ = 0;  ///< the last tick that was fired
    std::size_t armed_ = 0;
    bool advancing_ = false;
    std::array<std::uint64_t, levels> occupied_{};  ///< one bit a slot
    std::array<std::array<TimerLink, slots>, levels> rings_;
};

}  // namespace prelabel::async
