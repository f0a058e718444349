#pragma once

#include <prelabel/base/time.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>

namespace prelabel::flow {

/// Something that happens at a time. Intrusive: arming and disarming allocate nothing.
/// Lifetime: disarm before destroying (the destructor checks).
class Timer {
public:
    explicit Timer(std::function<void()> fire) : fire_(std::move(fire)) {}
    Timer(const Timer&) = delete;
    Timer& operator=(const Timer&) = delete;
    ~Timer();

    [[nodiscard]] bool armed() const { return next_ != nullptr; }

private:
    friend class TimerWheel;
    std::function<void()> fire_;
    Timer* previous_ = nullptr;
    Timer* next_ = nullptr;
    std::int64_t tick_ = 0;
};

/// Deadlines of many concurrent calls, nearly all of which are disarmed before they fire.
///
/// Four levels of 256 slots, one tick each in the lowest: arm and disarm are O(1), advancing a tick touches one slot.
/// Unit:   one tick is `resolution`; a timer fires at the first tick not before its time, never early.
/// Bound:  2^32 ticks ahead; later times are clamped to it and fire early only beyond that.
/// Source: Varghese and Lauck, "Hashed and hierarchical timing wheels", 1987.
class TimerWheel {
public:
    TimerWheel(TimePoint start, Duration resolution);
    TimerWheel(const TimerWheel&) = delete;
    TimerWheel& operator=(const TimerWheel&) = delete;
    ~TimerWheel();

    /// Arms or re-arms.
    void arm(Timer& timer, TimePoint at);
    /// Disarming what is not armed is fine.
    void disarm(Timer& timer);
    /// Fires all timers due at `now`, earliest tick first. A firing timer may arm or disarm any timer, itself too.
    void advance(TimePoint now);
    /// When advance() should be called next at the latest; none when nothing is armed.
    [[nodiscard]] std::optional<TimePoint> next_wake() const;
    [[nodiscard]] std::size_t armed() const { return armed_; }

private:
    static constexpr std::size_t levels = 4;
    static constexpr std::size_t slots = 256;

    void insert(Timer& timer);
    void unlink(Timer& timer);
    void cascade(std::size_t level);

    struct Slot {  // a ring with a sentinel
        Timer sentinel{{}};
        Slot();
        ~Slot();
    };
    TimePoint start_;
    Duration resolution_;
    std::int64_t tick_ = 0;  ///< the last tick that was fired
    std::size_t armed_ = 0;
    std::array<std::array<Slot, slots>, levels> wheel_;
};

}  // namespace prelabel::flow
