#pragma once

#include <prelabel/base/rng.hpp>
#include <prelabel/base/time.hpp>

#include <cstdint>

namespace prelabel::sim {

/// A duration between two numbers of microseconds, both included.
inline Duration between(Rng& rng, std::uint64_t least_us, std::uint64_t most_us) {
    return std::chrono::microseconds(least_us + rng.below(most_us - least_us + 1));
}

}  // namespace prelabel::sim
