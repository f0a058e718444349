#include "sim_account.hpp"

#include <algorithm>

namespace prelabel::sim {
namespace {

using std::chrono::seconds;

constexpr double bucket_seconds = 6;

Duration in_seconds(double amount) { return Duration(static_cast<std::int64_t>(std::max(0.0, amount) * 1e9)); }

}  // namespace

std::optional<Duration> SimAccount::refuses(TimePoint now, std::uint64_t tokens) {
    if (limits_.concurrent > 0 && serving_ >= limits_.concurrent) return Duration(seconds(1));
    const Duration wait = limits_.window == Window::bucket ? wait_in_bucket(now, tokens) : wait_in_window(now, tokens);
    if (wait > Duration::zero()) return wait;
    ++serving_;
    return std::nullopt;
}

Duration SimAccount::wait_in_window(TimePoint now, std::uint64_t tokens) {
    const bool whole = limits_.window == Window::minute;
    const Duration span = whole ? seconds(60) : seconds(1);
    const std::uint64_t parts = whole ? 1 : 60;
    while (!recent_.empty() && recent_.front().at <= now - span) {
        recent_tokens_ -= recent_.front().tokens;
        recent_.pop_front();
    }
    const std::uint64_t requests_max = std::max<std::uint64_t>(1, limits_.requests_per_minute / parts);
    const bool requests = limits_.requests_per_minute > 0 && recent_.size() >= requests_max;
    const bool too_many_tokens = limits_.tokens_per_minute > 0 && !recent_.empty() &&
                                 recent_tokens_ + tokens > limits_.tokens_per_minute / parts;
    if (requests || too_many_tokens) return recent_.front().at + span - now;
    recent_.push_back({now, tokens});
    recent_tokens_ += tokens;
    return Duration::zero();
}

Duration SimAccount::wait_in_bucket(TimePoint now, std::uint64_t tokens) {
    const double passed = filled_at_ == TimePoint{} ? 1e9 : std::chrono::duration<double>(now - filled_at_).count();
    filled_at_ = now;
    double wait = 0;
    const auto fill = [&](double& left, std::uint64_t per_minute, double amount) {
        if (per_minute == 0) return;
        const double rate = static_cast<double>(per_minute) / 60;
        const double most = std::max(rate * bucket_seconds, amount);
        left = std::min(most, left + passed * rate);
        wait = std::max(wait, (amount - left) / rate);
    };
    fill(requests_left_, limits_.requests_per_minute, 1);
    fill(tokens_left_, limits_.tokens_per_minute, static_cast<double>(tokens));
    if (wait > 0) return in_seconds(wait) + Duration(1);
    if (limits_.requests_per_minute > 0) requests_left_ -= 1;
    if (limits_.tokens_per_minute > 0) tokens_left_ -= static_cast<double>(tokens);
    return Duration::zero();
}

}  // namespace prelabel::sim
