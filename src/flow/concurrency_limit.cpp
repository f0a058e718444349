#include <prelabel/base/expects.hpp>
#include <prelabel/flow/concurrency_limit.hpp>

#include <algorithm>
#include <cmath>

namespace prelabel::flow {
namespace {

constexpr double smallest_cut = 0.05;
constexpr double largest_cut = 1.0 / 3;
constexpr double first_growth = 0.005;
constexpr double fastest_growth = 1;
constexpr double quicker_each_second = 1.1;
constexpr double step_seconds_max = 1;  // nothing was seen in a longer silence

}  // namespace

ConcurrencyLimit::ConcurrencyLimit(std::size_t max)
    : max_(max), window_(static_cast<double>(max)), threshold_(static_cast<double>(max)) {
    expects(max > 0, "at least one call may be in flight");
}

void ConcurrencyLimit::answered(std::size_t in_flight, TimePoint now) {
    const double passed = std::min(std::chrono::duration<double>(now - grown_at_).count(), step_seconds_max);
    grown_at_ = now;
    // What was not used up says nothing about whether more would be taken.
    if (static_cast<double>(in_flight) < window_ / 2) return;
    if (window_ < threshold_) {
        window_ += 1;
    } else {
        window_ += window_ * growth_ * passed;
        growth_ = std::min(fastest_growth, growth_ * std::pow(quicker_each_second, passed));
    }
    window_ = std::min(window_, static_cast<double>(max_));
}

void ConcurrencyLimit::refused(std::size_t in_flight, double share) {
    const double cut = std::clamp(share, smallest_cut, largest_cut);
    threshold_ = std::max(1.0, std::min(static_cast<double>(in_flight), window_) * (1 - cut));
    window_ = threshold_;
    growth_ = first_growth;
}

void ConcurrencyLimit::restart(TimePoint now) {
    threshold_ = std::max(threshold_, window_);
    window_ = 1;
    grown_at_ = now;
}

void ConcurrencyLimit::change(std::size_t max) {
    expects(max > 0, "at least one call may be in flight");
    const auto most = static_cast<double>(max);
    window_ = learned() ? std::min(window_, most) : most;
    threshold_ = window_;
    max_ = max;
}

}  // namespace prelabel::flow
