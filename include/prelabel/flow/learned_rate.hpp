#pragma once

#include <prelabel/base/time.hpp>

#include <cstdint>
#include <optional>

namespace prelabel::flow {

/// How many calls a minute a provider accepts, learned from its refusals if it is not configured. None until the first
/// refusal. Then the rate is less by the refused share, or, if most calls were refused, what was answered between
/// waves. It grows again while it is what limits calls: fast far below the rate that was last refused, by 1 % near it
/// (a quarter below 12 a minute) and then by half as much more each time.
///
/// Unit:    calls a minute, at least 6.   Threads: confined to its worker.
class LearnedRate {
public:
    explicit LearnedRate(TimePoint now) : since_(now), answered_at_(now), grown_at_(now) {}

    /// None: only other limits apply.
    [[nodiscard]] std::optional<std::uint64_t> per_minute() const;
    /// True when the rate changed.
    bool answered(TimePoint now);
    /// Calls have to become fewer by this share, because it was refused: once for each wave, since calls that were
    /// under way at the first refusal say nothing new. `binding`: this rate was what limited calls.
    void refused(TimePoint now, bool binding, double share);

private:
    std::optional<double> per_second_;
    double refused_per_second_ = 0;  // the rate at which the last wave came
    double growth_ = 1;              // near what was refused, each step
    TimePoint since_;                // the last wave ended or time began
    std::uint64_t answers_ = 0;      // since then
    TimePoint answered_at_;
    TimePoint grown_at_;
    std::uint64_t answers_at_growth_ = 0;
};

}  // namespace prelabel::flow
