#pragma once

#include <prelabel/base/time.hpp>
#include <prelabel/telemetry/snapshot.hpp>

#include <cstddef>
#include <memory>
#include <string>

namespace prelabel::telemetry {

/// The metrics that the live page draws, over the last 15 minutes: a counter by its growth per second, a gauge by its
/// value, a histogram by its p50 and p99.
///
///   steps of 5 s      … │  0.4 │  0.6 │  gap │  0.5 │      the gap: nobody sampled
///
/// Bound:   180 steps of 256 series: some 0.4 MiB; the JSON of an ordinary worker has 50 KiB. What has no place is
///          counted, and drawn from when a place gets free: a series that says nothing for 15 minutes goes.
/// Cost:    one table of metrics each step.   Threads: confined to the loop.
class History {
public:
    static constexpr Duration step = std::chrono::seconds(5);
    static constexpr std::size_t steps_max = 180;
    static constexpr std::size_t series_max = 256;

    History();
    ~History();
    History(const History&) = delete;
    History& operator=(const History&) = delete;

    /// Whether sample() would keep something now: the first time in each step.
    [[nodiscard]] bool due(TimePoint now) const;
    void sample(TimePoint now, const Snapshot& snapshot);

    /// The body of /history: the newest value is the last one of each list.
    [[nodiscard]] std::string json() const;

private:
    class Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace prelabel::telemetry
