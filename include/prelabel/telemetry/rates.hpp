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

/// What was added in the last minute, as a provider counts it. `seen` is shorter while the process is younger: sums are
/// then what they are, and a rate is a sum over `seen`.
struct LastMinute {
    Totals added;
    Duration seen{};
};

/// Remembers running totals for a minute. Bound: 69 samples.   Threads: confined to the loop.
class Rates {
public:
    /// To be called about once a second; closer calls are ignored.
    void sample(TimePoint now, const Totals& totals);

    /// Up to the last sample. Between two samples, growth is taken to be even.
    [[nodiscard]] LastMinute last_minute() const;

private:
    struct Sample {
        TimePoint at;
        Totals totals;
    };
    std::deque<Sample> samples_;  // the first is the last one that is a minute old, or the oldest
};

}  // namespace prelabel::telemetry
