#pragma once

namespace prelabel::sim {

/// What the pipeline keeps by now: the worlds can do more, and are judged by more, than it does.
inline constexpr bool keeps_time_of_its_own = true;      // waits for quota, holds and pauses cost no deadline
inline constexpr bool keeps_the_refused = true;          // what everybody is refused costs no document
inline constexpr bool keeps_finite_inputs_short = true;  // a finite input ends when its provider is away for good

}  // namespace prelabel::sim
