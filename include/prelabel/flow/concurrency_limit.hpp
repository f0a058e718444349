#pragma once

#include <prelabel/base/time.hpp>

#include <cstddef>

namespace prelabel::flow {

/// How many calls may run at once: the configured number until the provider refuses some. Then the number under
/// way, less the share that was refused (5 % to a third). It grows by half a percent a second at first, and each second
/// without a refusal makes this growth a tenth faster. After restart() it begins with one call and doubles with each
/// round of answers, so that a provider that has just returned does not get all calls at once.
///
/// Unit:    calls.   Bound: 1 to the configured maximum.   Threads: confined to its worker.
/// Source:  slow start and congestion avoidance, RFC 5681 §3.1. Its growth beyond the threshold is too slow for answers
///          that take ten seconds, and halving is too much if the limit is a fixed number of calls.
class ConcurrencyLimit {
public:
    explicit ConcurrencyLimit(std::size_t max);

    [[nodiscard]] std::size_t limit() const { return static_cast<std::size_t>(window_); }
    /// True while the provider, not the configuration, limits it.
    [[nodiscard]] bool learned() const { return limit() < max_; }
    /// A call was answered while `in_flight` calls were under way, including itself.
    void answered(std::size_t in_flight, TimePoint now);
    /// This many calls under way were too many, and this share was refused: once for each wave of refusals.
    void refused(std::size_t in_flight, double share);
    /// Calls were stopped for a while: begin slowly, up to the earlier number.
    void restart(TimePoint now);
    /// Another configured maximum from now on. A learned number below it stays.
    void change(std::size_t max);

private:
    std::size_t max_;
    double window_;
    double threshold_;   // up to here it doubles
    double growth_ = 1;  // beyond it, as a share of it a second
    TimePoint grown_at_{};
};

}  // namespace prelabel::flow
