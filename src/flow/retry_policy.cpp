#include <prelabel/base/expects.hpp>
#include <prelabel/flow/retry_policy.hpp>

#include <algorithm>

namespace prelabel::flow {
namespace {

using Seconds = std::chrono::duration<double>;

constexpr Seconds first_wait{0.5};
constexpr Seconds longest_wait{8.0};

Seconds backoff(std::uint32_t failures, Rng& rng) {
    const std::uint32_t doublings = std::min(failures - 1, 10U);
    return std::min(first_wait * static_cast<double>(1U << doublings), longest_wait) * (1 - 0.25 * rng.uniform());
}

}  // namespace

Duration RetryPolicy::wait(std::uint32_t failures, std::optional<Duration> retry_after, Rng& rng) {
    expects(failures > 0, "a wait follows a failure");
    const Seconds wait = retry_after ? Seconds(*retry_after) * (1 + 0.1 * rng.uniform()) : backoff(failures, rng);
    return std::chrono::ceil<Duration>(wait);
}

}  // namespace prelabel::flow
