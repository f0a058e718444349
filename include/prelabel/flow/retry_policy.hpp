#pragma once

#include <prelabel/base/rng.hpp>
#include <prelabel/base/time.hpp>

#include <cstdint>
#include <optional>

namespace prelabel::flow {

/// What a document has used up so far. Waits for the quota, for a hold of the provider or for the end of a pause do not
/// count, and neither does a call that failed while all calls failed.
struct Effort {
    std::uint32_t calls = 0;     ///< made for it, with any outcome
    std::uint32_t attempts = 0;  ///< those of them that failed and count
    Duration time{};             ///< spent in failed calls and in its own waits between them
};

/// Whether and when a failed call is retried.
///
/// Source: the providers' official clients: min(0.5 s · 2ⁿ, 8 s) · (1 − ¼·rand), or the time the provider asked for.
/// That time is never shortened; up to a tenth is added, so that callers
/// that got the same time do not return all at once.
class RetryPolicy {
public:
    RetryPolicy(std::uint32_t max_attempts, Duration deadline) : max_attempts_(max_attempts), deadline_(deadline) {}

    /// True: the document's attempts or its time are used up.
    [[nodiscard]] bool used_up(const Effort& effort) const {
        return effort.attempts >= max_attempts_ || time_used_up(effort);
    }
    [[nodiscard]] bool time_used_up(const Effort& effort) const { return effort.time >= deadline_; }
    /// How long to wait after `failures` failed calls, at least 1.
    [[nodiscard]] static Duration wait(std::uint32_t failures, std::optional<Duration> retry_after, Rng& rng);
    [[nodiscard]] std::uint32_t max_attempts() const { return max_attempts_; }

private:
    std::uint32_t max_attempts_;
    Duration deadline_;
};

}  // namespace prelabel::flow
