#pragma once

#include <prelabel/base/time.hpp>

#include <cstddef>
#include <deque>

namespace prelabel::telemetry {

/// Running totals at one moment.
struct Totals {
    double documents = 0;
    double calls = 0;
    double tokens = 0;
    double cost_usd = 0;
};

/// How fast things go, over the last minute. Bound: 61 samples.   Threads: confined to the loop.
class Rates {
public:
    /// To be called about once a second; closer calls are ignored.
    void sample(TimePoint now, const Totals& totals);

    /// Growth a minute, scaled up while less than a minute was seen; zeros before two samples.
    [[nodiscard]] Totals per_minute() const;

private:
    struct Sample {
        TimePoint at;
        Totals totals;
    };
    std::deque<Sample> samples_;
};

}  // namespace prelabel::telemetry
