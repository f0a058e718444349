#pragma once

#include <cmath>
#include <cstdint>
#include <numbers>

namespace prelabel::llm_sim {

/// All that is left to chance about one request. A roll depends on the seed, on what is asked and on how often it was
/// asked before, never on arrival order; and every roll has a name,
/// so that switching one fault on changes no other roll.
/// Source: the mixing function is SplitMix64's (Steele, Lea, Flood, "Fast splittable pseudorandom number generators",
///         2014).
class Dice {
public:
    enum class Roll : std::uint64_t {
        fault,
        variant,
        latency,
        latency_angle,
        mistake,
        mistake_kind,
        invented,
        identity
    };

    Dice(std::uint64_t seed, std::uint64_t subject, std::uint64_t occurrence)
        : state_(mix(mix(mix(seed) ^ subject) + occurrence)) {}

    /// Any 64 bits. `index` tells several rolls of one name apart.
    [[nodiscard]] std::uint64_t bits(Roll roll, std::uint64_t index = 0) const {
        return mix(mix(state_ ^ static_cast<std::uint64_t>(roll)) + index);
    }
    /// Uniform in [0, 1).
    [[nodiscard]] double uniform(Roll roll, std::uint64_t index = 0) const {
        return static_cast<double>(bits(roll, index) >> 11) * 0x1.0p-53;
    }
    /// Uniform in [0, bound). Bound: at least 1.
    [[nodiscard]] std::uint64_t below(std::uint64_t bound, Roll roll, std::uint64_t index = 0) const {
        return bits(roll, index) % bound;
    }
    /// Lognormal with median 1 (Box and Muller's normal, exponentiated).
    [[nodiscard]] double lognormal(double sigma) const {
        const double radius = std::sqrt(-2 * std::log(1 - uniform(Roll::latency)));
        return std::exp(sigma * radius * std::cos(2 * std::numbers::pi * uniform(Roll::latency_angle)));
    }

private:
    static std::uint64_t mix(std::uint64_t x) {
        x += 0x9E3779B97F4A7C15U;
        x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9U;
        x = (x ^ (x >> 27)) * 0x94D049BB133111EBU;
        return x ^ (x >> 31);
    }

    std::uint64_t state_;
};

}  // namespace prelabel::llm_sim
