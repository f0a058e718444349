#pragma once

#include <chrono>

namespace prelabel {

using Duration = std::chrono::nanoseconds;

/// Names the monotonic time line that `Clock::now()` reads.
/// It has no `now()` of its own: pure parts receive the time as a value.
struct Monotonic {
    using duration = Duration;
    using rep = duration::rep;
    using period = duration::period;
    using time_point = std::chrono::time_point<Monotonic>;
    static constexpr bool is_steady = true;
};

/// A moment for deadlines and pacing; meaningful only inside one process (or one simulation).
using TimePoint = Monotonic::time_point;

/// A moment in UTC, for people and other systems.
using WallTime = std::chrono::sys_time<std::chrono::milliseconds>;

}  // namespace prelabel
