#pragma once

#include <prelabel/base/time.hpp>

#include <cstddef>
#include <deque>

namespace prelabel::telemetry {

/// Running totals at one moment.
struct Totals {
    double documents = 0;
    double calls = 0;   ///< sent
    double tokens = 0;  ///< reserved for them, as the limit counts
    double cost_usd = 0;
};

/// The growth in the last minute, as a provider counts it. `seen` is shorter while the process is younger; a rate is a
/// sum divided by `seen`.
struct LastMinute {
    Totals added;
    Duration seen{};
};

/// Remembers running totals for a minute. Bound: 69 samples.   Threads: confined to the loop.
class Rates {
public:
    /// Call it about once a second; more frequent calls are ignored.
    void sample(TimePoint now, const Totals& totals);

    /// Up to the last sample. Growth between two samples counts as even.
    [[nodiscard]] LastMinute last_minute() const;

private:
    struct Sample {
        TimePoint at;
        Totals totals;
    };
    std::deque<Sample> samples_;  // the first is the last one that is a minute old, or the oldest
};

}  // namespace prelabel::telemetry
