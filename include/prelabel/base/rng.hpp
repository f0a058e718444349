#pragma once

#include <cstdint>
#include <random>

namespace prelabel {

/// Seeded randomness that gives the same numbers with every standard library.
/// Source: the engine is std::mt19937_64, whose sequence the standard fixes;
/// its distributions are not fixed, so they are here.
class Rng {
public:
    explicit Rng(std::uint64_t seed) : engine_(seed) {}

    std::uint64_t next() { return engine_(); }
    /// Uniform in [0, 1).
    double uniform() { return static_cast<double>(engine_() >> 11) * 0x1.0p-53; }
    /// Uniform in [0, bound). Bound: at least 1. The bias is below 2^-32 for bounds below 2^32.
    std::uint64_t below(std::uint64_t bound) { return engine_() % bound; }
    bool chance(double probability) { return uniform() < probability; }

private:
    std::mt19937_64 engine_;
};

}  // namespace prelabel
