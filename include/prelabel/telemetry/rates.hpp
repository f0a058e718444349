#pragma once

#include <prelabel/base/time.hpp>
#include <prelabel/pipeline/stats.hpp>
#include <prelabel/telemetry/quantile.hpp>

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>

namespace prelabel::telemetry {

/// Running totals at one moment.
struct Totals {
    double documents = 0;
    double calls = 0;   ///< sent
    double tokens = 0;  ///< reserved for them, as the limit counts
    double cost_usd = 0;
    EnumArray<pipeline::WaitReason, double> wait_seconds{};
    Buckets call_seconds{};
    Buckets document_seconds{};
};

/// Records of the assigned partitions that are not done. Two of them can be compared only if no partition came or went
/// between them, so each says after how many changes of the assignment it was counted.
struct Backlog {
    double records = 0;
    std::uint64_t changes = 0;
};

/// The growth in the last minute, as a provider counts it. `seen` is shorter while the process is younger; a rate is a
/// sum divided by `seen`.
struct LastMinute {
    Totals added;
    Duration seen{};
    std::optional<double> backlog_per_second{};  ///< negative while it falls; none while the partitions change
};

/// Remembers running totals for a minute. Bound: 69 samples of 500 bytes.   Threads: confined to the loop.
class Rates {
public:
    /// Call it about once a second; more frequent calls are ignored.
    void sample(TimePoint now, const Totals& totals, std::optional<Backlog> backlog = std::nullopt);

    /// Up to the last sample. Growth between two samples counts as even.
    [[nodiscard]] LastMinute last_minute() const;

private:
    struct Sample {
        TimePoint at;
        Totals totals;
        std::optional<Backlog> backlog;
    };
    [[nodiscard]] std::optional<double> backlog_per_second() const;

    std::deque<Sample> samples_;  // the first is the last one that is a minute old, or the oldest
};

}  // namespace prelabel::telemetry
