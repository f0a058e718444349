#include <prelabel/llm/token_estimator.hpp>

#include <algorithm>
#include <cmath>

namespace prelabel::llm {
namespace {

constexpr double deviations = 2;
constexpr double ratio_max = 4;
constexpr double memory = 64;  ///< observations that the moving means look back on

// What is believed before the first observation, and less and less with each.
constexpr double start_ratio = 1.0 / 3.0;
constexpr double start_deviation = 1.0 / 12.0;  ///< tokens a byte
constexpr double start_spread = 1.0 / 4.0;      ///< of the inverse of the first size
constexpr double least_spread = 1.0 / 100.0;    ///< of the mean inverse

constexpr double tokens_max = 1e15;  ///< no text is so long; it keeps every sum of estimates exact

constexpr double square(double number) { return number * number; }

}  // namespace

double TokenEstimator::seen() const { return std::min(memory, static_cast<double>(observed_ + 1)); }

std::uint64_t TokenEstimator::estimate(std::size_t bytes) const {
    const auto size = static_cast<double>(std::max<std::size_t>(1, bytes));
    double ratio = start_ratio;
    if (observed_ > 0) {
        const double slope = covariance_ / inverse_variance_;
        const double farther = square(1 / size - mean_inverse_) / inverse_variance_;
        const double residual = std::max(0.0, ratio_variance_ - slope * covariance_);
        ratio = mean_ratio_ + slope * (1 / size - mean_inverse_) +
                deviations * std::sqrt(residual * (1 + (1 + farther) / seen()));
    }
    ratio += deviations * start_deviation / static_cast<double>(std::max<std::uint64_t>(1, observed_));
    const double tokens = std::ceil(size * std::clamp(ratio, 0.0, ratio_max));
    return static_cast<std::uint64_t>(std::clamp(tokens, 1.0, tokens_max));
}

void TokenEstimator::observe(std::size_t bytes, std::uint64_t tokens) {
    if (bytes == 0 || tokens == 0) return;
    const double inverse = 1 / static_cast<double>(bytes);
    const double ratio = std::min(ratio_max, static_cast<double>(tokens) * inverse);
    if (observed_++ == 0) {
        mean_inverse_ = inverse;
        mean_ratio_ = ratio;
        inverse_variance_ = square(start_spread * inverse);  // so surely all sizes have this ratio
    }
    const double weight = 1 / seen();
    const double more_inverse = inverse - mean_inverse_;
    const double more_ratio = ratio - mean_ratio_;
    mean_inverse_ += weight * more_inverse;
    mean_ratio_ += weight * more_ratio;
    const auto follow = [weight](double& moment, double product) {
        moment = (1 - weight) * (moment + weight * product);
    };
    follow(inverse_variance_, square(more_inverse));
    follow(ratio_variance_, square(more_ratio));
    follow(covariance_, more_inverse * more_ratio);
    // Requests nearly all of one size teach no slope: the one that was believed is kept.
    const double least = square(least_spread * mean_inverse_);
    if (inverse_variance_ < least) {
        const double slope = covariance_ / inverse_variance_;
        ratio_variance_ += square(slope) * (least - inverse_variance_);
        covariance_ = slope * least;
        inverse_variance_ = least;
    }
}

}  // namespace prelabel::llm
