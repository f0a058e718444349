#pragma once

#include <prelabel/base/time.hpp>

#include <cstddef>

namespace prelabel::flow {

/// How many calls may be under way at once: as many as configured until the provider refuses some, then as many as it
/// was seen to take, less by the share that was refused (5 % to a third). That grows by half a percent a second at
/// first and by a tenth more with each second that passes well. After restart() it begins with one call and doubles
/// with each round of answers, so that a provider which is just back is not met by everybody at once.
///
/// Unit:    calls.   Bound: 1 to the configured maximum.   Threads: confined to its worker.
/// Source:  slow start and congestion avoidance, RFC 5681 §3.1. Its growth beyond the threshold is too slow for answers
///          that take ten seconds, and its halving too much where the limit is a number of calls that stays.
class ConcurrencyLimit {
public:
    explicit ConcurrencyLimit(std::size_t max);

    [[nodiscard]] std::size_t limit() const { return static_cast<std::size_t>(window_); }
    /// True while the provider, not the configuration, bounds it.
    [[nodiscard]] bool learned() const { return limit() < max_; }
    /// A call was answered while `in_flight` calls were under way, itself among them.
    void answered(std::size_t in_flight, TimePoint now);
    /// So many calls under way were too many, and this share was refused: once for each wave of refusals.
    void refused(std::size_t in_flight, double share);
    /// Calls were stopped for a while: begin gently, up to what went before.
    void restart(TimePoint now);

private:
    std::size_t max_;
    double window_;
    double threshold_;   // up to here it doubles
    double growth_ = 1;  // beyond it, as a share of it a second
    TimePoint grown_at_{};
};

}  // namespace prelabel::flow
