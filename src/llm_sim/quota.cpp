#include "llm_sim/quota.hpp"

#include <algorithm>
#include <cmath>

namespace prelabel::llm_sim {

Bucket::Bucket(std::uint64_t per_minute, TimePoint now)
    : per_minute_(per_minute), level_(static_cast<double>(per_minute)), at_(now) {}

double Bucket::level(TimePoint now) const {
    const auto full = static_cast<double>(per_minute_);
    const double minutes = std::chrono::duration<double, std::ratio<60>>(now - at_).count();
    return std::min(full, level_ + std::max(0.0, minutes) * full);
}

Duration Bucket::until(TimePoint now, double level_wanted) const {
    // Less than a millionth of a unit is rounding, not a shortage.
    const double missing = level_wanted - level(now);
    if (per_minute_ == 0 || missing < 1e-6) return {};
    return Duration(static_cast<std::int64_t>(std::ceil(missing / static_cast<double>(per_minute_) * 60e9)));
}

std::uint64_t Bucket::remaining(TimePoint now) const {
    return static_cast<std::uint64_t>(std::max(0.0, level(now) + 1e-6));
}

Duration Bucket::reset(TimePoint now) const { return until(now, static_cast<double>(per_minute_)); }

std::optional<Duration> Bucket::wait(TimePoint now, std::uint64_t amount) const {
    if (per_minute_ > 0 && amount > per_minute_) return std::nullopt;
    return until(now, static_cast<double>(amount));
}

void Bucket::take(TimePoint now, std::uint64_t amount) {
    if (per_minute_ == 0) return;
    level_ = std::max(0.0, level(now) - static_cast<double>(amount));
    at_ = std::max(at_, now);
}

Quota::Verdict Quota::admit(TimePoint now, std::uint64_t tokens) {
    const auto token_wait = tokens_.wait(now, tokens);
    if (!token_wait) return Verdict::too_large;
    if (requests_.wait(now, 1) != Duration{}) return Verdict::out_of_requests;
    requests_.take(now, 1);
    if (*token_wait > Duration{}) return Verdict::out_of_tokens;
    tokens_.take(now, tokens);
    return Verdict::admitted;
}

Duration Quota::retry_after(TimePoint now, std::uint64_t tokens) const {
    const auto token_wait = tokens_.wait(now, tokens);
    if (!token_wait) return {};
    return std::max(*token_wait, requests_.wait(now, 1).value_or(Duration{}));
}

std::string reset_text(Duration time) {
    const std::int64_t total = std::chrono::ceil<std::chrono::milliseconds>(std::max(time, Duration{})).count();
    if (total < 1'000) return std::to_string(total) + "ms";
    std::string text;
    if (total >= 3'600'000) text += std::to_string(total / 3'600'000) + 'h';
    if (total >= 60'000) text += std::to_string(total / 60'000 % 60) + 'm';
    text += std::to_string(total / 1'000 % 60);
    if (const std::int64_t rest = total % 1'000; rest > 0) {
        std::string digits = std::to_string(1'000 + rest).substr(1);
        digits.erase(digits.find_last_not_of('0') + 1);
        text += '.' + digits;
    }
    return text + 's';
}

}  // namespace prelabel::llm_sim
