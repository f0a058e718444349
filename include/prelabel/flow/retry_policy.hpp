#pragma once

#include <prelabel/base/rng.hpp>
#include <prelabel/base/time.hpp>

#include <cstdint>
#include <optional>

namespace prelabel::flow {

/// When a failed call is tried again.
///
/// Source: the providers' official clients: min(0.5 s · 2ⁿ, 8 s) · (1 − ¼·rand), or what the provider asked for. What
/// they ask for is never shortened; up to a tenth is added, so that callers who were told the same moment do not return
/// in one storm.
class RetryPolicy {
public:
    explicit RetryPolicy(std::uint32_t max_attempts) : max_attempts_(max_attempts) {}

    /// `attempts`: calls made so far, all failed. None: give up, because attempts are used up or the wait would pass
    /// `deadline`.
    [[nodiscard]] std::optional<TimePoint> next(TimePoint now, std::uint32_t attempts,
                                                std::optional<Duration> retry_after, TimePoint deadline,
                                                Rng& rng) const;

private:
    std::uint32_t max_attempts_;
};

}  // namespace prelabel::flow
