#include <prelabel/flow/learned_rate.hpp>

#include <algorithm>
#include <cmath>
#include <utility>

namespace prelabel::flow {
namespace {

using Seconds = std::chrono::duration<double>;

/// A provider that refuses even this is held off by its own waits, and the way back up would be long.
constexpr double slowest = 6.0 / 60;
constexpr Seconds enough_to_measure{10};  // a provider's bucket lets bursts through that say little about its rate
constexpr std::uint64_t answers_to_measure = 10;
constexpr double below_what_was_taken = 0.98;
constexpr double few = 0.35;  // as a share refused: what is tried is near what is taken
constexpr double far_growth = 1.25;
constexpr double near_growth = 1.01;
constexpr double quicker_each_step = 1.5;
/// Below this a step takes a quarter of a minute and more: the way up is taken in larger ones.
constexpr double slow = 12.0 / 60;
constexpr double slow_growth = 1.25;
constexpr double near_share = 0.95;  // of what was refused
constexpr Seconds far_step{2};
constexpr Seconds near_step{10};
constexpr double answers_a_step = 2;
constexpr double binding_share = 0.8;
constexpr double slow_binding_share = 0.3;  // of the few calls of a step some fail for other reasons

}  // namespace

std::optional<std::uint64_t> LearnedRate::per_minute() const {
    if (!per_second_) return std::nullopt;
    return static_cast<std::uint64_t>(std::max(1.0, std::round(*per_second_ * 60)));
}

bool LearnedRate::answered(TimePoint now) {
    // An idle topic or an outage is no measure of what is taken.
    if (now - std::exchange(answered_at_, now) > enough_to_measure) {
        since_ = now;
        answers_ = 0;
    }
    ++answers_;
    ++answers_at_growth_;
    if (!per_second_) return false;
    const bool near = *per_second_ >= near_share * refused_per_second_;
    const Seconds step = std::max(near ? near_step : far_step, Seconds(answers_a_step / *per_second_));
    const Seconds passed = now - grown_at_;
    if (passed < step) return false;
    const double most = *per_second_ < slow ? slow_binding_share : binding_share;
    const bool binding = static_cast<double>(answers_at_growth_) >= most * *per_second_ * passed.count();
    grown_at_ = now;
    answers_at_growth_ = 0;
    if (!binding) return false;
    if (near) {
        *per_second_ *= std::max(growth_, *per_second_ < slow ? slow_growth : near_growth);
        growth_ = std::min(far_growth, 1 + (growth_ - 1) * quicker_each_step);
    } else {
        *per_second_ = std::min(*per_second_ * far_growth, near_share * refused_per_second_ * near_growth);
    }
    return true;
}

void LearnedRate::refused(TimePoint now, bool binding, double share) {
    const Seconds passed = std::max(Seconds(now - since_), Seconds(1e-3));
    const double observed = static_cast<double>(answers_) / passed.count();
    const bool measured = passed >= enough_to_measure && answers_ >= answers_to_measure;
    if (per_second_ || answers_ >= answers_to_measure) {
        const double tried = per_second_.value_or(observed);
        // What did not hold calls back was not what was refused: nothing is known of how much more would be taken.
        refused_per_second_ = binding ? tried : tried * 8;
        const double halved = tried / 2;
        const double taken = share <= few ? tried * (1 - share) : std::min(observed, tried);
        per_second_ = std::max(share <= few || measured ? taken * below_what_was_taken : halved, slowest);
    }
    growth_ = near_growth;
    since_ = grown_at_ = now;
    answers_ = answers_at_growth_ = 0;
}

}  // namespace prelabel::flow
