#include "llm_sim/minute_peak.hpp"

#include <algorithm>

namespace prelabel::llm_sim {

void MinutePeak::add(TimePoint now, std::uint64_t amount) {
    const std::int64_t step = now.time_since_epoch() / std::chrono::milliseconds(10);
    if (step - step_ >= step_count) {
        std::ranges::fill(steps_, 0);
        sum_ = 0;
        step_ = step;
    }
    while (step_ < step) {
        std::uint64_t& oldest = steps_[static_cast<std::size_t>(++step_ % step_count)];
        sum_ -= oldest;
        oldest = 0;
    }
    steps_[static_cast<std::size_t>(step_ % step_count)] += amount;
    sum_ += amount;
    peak_ = std::max(peak_, sum_);
}

}  // namespace prelabel::llm_sim
