#pragma once

#include <prelabel/base/time.hpp>

#include <cstdint>
#include <vector>

namespace prelabel::llm_sim {

/// The largest sum seen in any 60 s: what a provider's "per minute" would have judged.
/// Bound: 6,000 counters of 10 ms; a window's edges are exact to 10 ms. Time must not go backwards.
class MinutePeak {
public:
    MinutePeak() : steps_(step_count) {}

    void add(TimePoint now, std::uint64_t amount);
    [[nodiscard]] std::uint64_t peak() const { return peak_; }

private:
    static constexpr std::int64_t step_count = 6'000;

    std::vector<std::uint64_t> steps_;
    std::int64_t step_ = 0;  ///< the newest, since the time line's start
    std::uint64_t sum_ = 0;
    std::uint64_t peak_ = 0;
};

}  // namespace prelabel::llm_sim
