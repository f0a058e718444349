#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>

namespace prelabel {

/// Durations in buckets; all latencies of prelabel use the same buckets.
/// Unit: seconds.
/// Bound: upper bounds 1 ms · 2ⁱ up to 524 s, then infinity.   Threads: confined to its loop.
class Histogram {
public:
    static constexpr std::size_t bounds_count = 20;

    static constexpr double bound(std::size_t index) { return 0.001 * static_cast<double>(std::uint64_t{1} << index); }

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

}  // namespace prelabel
