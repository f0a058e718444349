#pragma once

#include <prelabel/base/time.hpp>

#include <cstdint>
#include <optional>

namespace prelabel::flow {

/// How many calls a minute a provider takes, learned from its refusals where nobody configured it: none until the first
/// refusal, then less by the share that was refused, or what was answered between refusals where that was most of them.
/// It grows again while it is what holds calls back, fast far below the rate that was last refused, by 1 % near it (a
/// quarter below 12 a minute) and then by half as much more each time.
///
/// Unit:    calls a minute, at least 6.   Threads: confined to its worker.
class LearnedRate {
public:
    explicit LearnedRate(TimePoint now) : since_(now), answered_at_(now), grown_at_(now) {}

    /// None: as fast as other limits allow.
    [[nodiscard]] std::optional<std::uint64_t> per_minute() const;
    /// True when the rate changed.
    bool answered(TimePoint now);
    /// Calls have to become fewer by this share, because it was refused: once for each wave, since those that were under
    /// way when the first came back say nothing new. `binding`: this rate was what held calls back.
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
