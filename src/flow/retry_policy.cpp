#include <prelabel/flow/retry_policy.hpp>

#include <algorithm>

namespace prelabel::flow {
namespace {

using Seconds = std::chrono::duration<double>;

constexpr Seconds first_wait{0.5};
constexpr Seconds longest_wait{8.0};

Seconds backoff(std::uint32_t attempts, Rng& rng) {
    const std::uint32_t doublings = std::min(attempts - 1, 10U);
    return std::min(first_wait * static_cast<double>(1U << doublings), longest_wait) * (1 - 0.25 * rng.uniform());
}

}  // namespace

std::optional<TimePoint> RetryPolicy::next(TimePoint now, std::uint32_t attempts, std::optional<Duration> retry_after,
                                           TimePoint deadline, Rng& rng) const {
    if (attempts >= max_attempts_) return std::nullopt;
    const Seconds wait = retry_after ? Seconds(*retry_after) * (1 + 0.1 * rng.uniform()) : backoff(attempts, rng);
    const TimePoint at = now + std::chrono::ceil<Duration>(wait);
    if (at >= deadline) return std::nullopt;
    return at;
}

}  // namespace prelabel::flow
