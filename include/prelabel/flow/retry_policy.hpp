#pragma once

#include <prelabel/base/rng.hpp>
#include <prelabel/base/time.hpp>

#include <cstdint>
#include <optional>

namespace prelabel::flow {

/// What a document has used up so far. Only what is its own counts: no time in which it waited for the quota, for a provider
/// that asked everybody to hold or for a pause to end, and no call that failed because nobody's worked.
struct Effort {
    std::uint32_t calls = 0;     ///< made for it, whatever came of them
    std::uint32_t attempts = 0;  ///< those of them that failed and count
    Duration time{};             ///< spent in calls that failed and in its own waits between them
};

/// Whether and when a failed call is tried again.
///
/// Source: the providers' official clients: min(0.5 s · 2ⁿ, 8 s) · (1 − ¼·rand), or what the provider asked for. What
/// they ask for is never shortened; up to a tenth is added, so that callers who were told the same moment do not return
/// in one storm.
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
