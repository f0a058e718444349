#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>

namespace prelabel {

/// 1 ms · 2ⁱ up to 524 s: how long calls, documents and commits take.
struct LatencyBounds {
    static constexpr std::size_t count = 20;
    static constexpr double at(std::size_t index) { return 0.001 * static_cast<double>(std::uint64_t{1} << index); }
};

/// A second to a week: how old documents are. What people promise each other is a bound: 15 minutes, an hour, a day.
struct AgeBounds {
    static constexpr std::array<double, 15> seconds{1,     5,     15,     60,     120,    300,     600,    900,
                                                    1'800, 3'600, 14'400, 28'800, 86'400, 259'200, 604'800};
    static constexpr std::size_t count = seconds.size();
    static constexpr double at(std::size_t index) { return seconds.at(index); }
};

/// Durations in buckets.
/// Unit: seconds.
/// Bound: one bucket for each of `Bounds`, and one for what is beyond.   Threads: confined to its loop.
template <class Bounds>
class BasicHistogram {
public:
    static constexpr std::size_t bounds_count = Bounds::count;

    static constexpr double bound(std::size_t index) { return Bounds::at(index); }

    void observe(std::chrono::duration<double> elapsed) {
        std::size_t index = 0;
        while (index < bounds_count && elapsed.count() > bound(index)) ++index;
        ++counts_[index];
        ++count_;
        sum_ += elapsed.count();
    }

    /// Observations in bucket `index` alone (not cumulative); the last bucket is beyond all bounds.
    [[nodiscard]] const std::array<std::uint64_t, bounds_count + 1>& counts() const { return counts_; }
    [[nodiscard]] std::uint64_t count() const { return count_; }
    [[nodiscard]] double sum() const { return sum_; }

private:
    std::array<std::uint64_t, bounds_count + 1> counts_{};
    std::uint64_t count_ = 0;
    double sum_ = 0;
};

using Histogram = BasicHistogram<LatencyBounds>;
using AgeHistogram = BasicHistogram<AgeBounds>;

}  // namespace prelabel
