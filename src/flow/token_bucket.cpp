#include <prelabel/flow/token_bucket.hpp>

#include <algorithm>
#include <cmath>

namespace prelabel::flow {
namespace {

constexpr double burst_seconds = 0.1;
constexpr double safety = 0.995;

double burst_of(std::uint64_t per_minute) {
    return std::max(1.0, std::floor(static_cast<double>(per_minute) / 60 * burst_seconds));
}

}  // namespace

TokenBucket::TokenBucket(std::uint64_t per_minute, TimePoint now)
    : per_minute_(per_minute),
      burst_(burst_of(per_minute)),
      per_second_((static_cast<double>(per_minute) * safety - (burst_ - 1)) / 60),
      level_(burst_),
      at_(now) {}

void TokenBucket::change(std::uint64_t per_minute, TimePoint now) {
    const bool limited = per_minute_ > 0;
    const double kept = level(now);
    *this = TokenBucket(per_minute, now);
    if (limited) level_ = std::min(kept, burst_);
}

double TokenBucket::level(TimePoint now) const {
    const double elapsed = std::chrono::duration<double>(now - at_).count();
    return std::min(burst_, level_ + std::max(0.0, elapsed) * per_second_);
}

TimePoint TokenBucket::ready_at(TimePoint now, std::uint64_t amount) const {
    if (per_minute_ == 0) return now;
    const double missing = std::min(burst_, static_cast<double>(amount)) - level(now);
    if (missing <= 0) return now;
    // One nanosecond on top: rounding down would wake the waiter just too early, again and again.
    return now + Duration(static_cast<std::int64_t>(missing / per_second_ * 1e9) + 1);
}

void TokenBucket::take(TimePoint now, std::uint64_t amount) {
    if (per_minute_ == 0) return;
    level_ = level(now) - static_cast<double>(amount);
    at_ = std::max(at_, now);
}

}  // namespace prelabel::flow
