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
constexpr double start_spread = 1.0 / 4.0;      ///< of the first size: so surely its own ratio is the slope

constexpr double least_spread = 1.0 / 100.0;  ///< of the mean size

constexpr double square(double number) { return number * number; }

}  // namespace

double TokenEstimator::seen() const { return std::min(memory, static_cast<double>(observed_ + 1)); }

std::uint64_t TokenEstimator::estimate(std::size_t bytes) const {
    const auto size = static_cast<double>(bytes);
    double tokens = size * start_ratio;
    if (observed_ > 0) {
        const double slope = std::clamp(covariance_ / bytes_variance_, 0.0, ratio_max);
        const double residual = std::max(0.0, tokens_variance_ - slope * (2 * covariance_ - slope * bytes_variance_));
        const double farther = square(size - mean_bytes_) / bytes_variance_;
        tokens = mean_tokens_ + slope * (size - mean_bytes_) +
                 deviations * std::sqrt(residual * (1 + (1 + farther) / seen()));
    }
    tokens += deviations * start_deviation * size / static_cast<double>(std::max<std::uint64_t>(1, observed_));
    return static_cast<std::uint64_t>(std::ceil(std::clamp(tokens, 1.0, std::max(1.0, ratio_max * size))));
}

void TokenEstimator::observe(std::size_t bytes, std::uint64_t tokens) {
    if (bytes == 0 || tokens == 0) return;
    const auto size = static_cast<double>(bytes);
    const double counted = std::min(ratio_max * size, static_cast<double>(tokens));
    if (observed_++ == 0) {
        const double slope = counted / size;
        mean_bytes_ = size;
        mean_tokens_ = counted;
        bytes_variance_ = square(start_spread * size);
        covariance_ = slope * bytes_variance_;
        tokens_variance_ = slope * covariance_;
    }
    const double weight = 1 / seen();
    const double more_bytes = size - mean_bytes_;
    const double more_tokens = counted - mean_tokens_;
    mean_bytes_ += weight * more_bytes;
    mean_tokens_ += weight * more_tokens;
    const auto follow = [weight](double& moment, double product) {
        moment = (1 - weight) * (moment + weight * product);
    };
    follow(bytes_variance_, square(more_bytes));
    follow(tokens_variance_, square(more_tokens));
    follow(covariance_, more_bytes * more_tokens);
    // Requests nearly all of one size teach no slope: the one that was believed is kept.
    const double least = square(least_spread * mean_bytes_);
    if (bytes_variance_ < least) {
        const double slope = covariance_ / bytes_variance_;
        tokens_variance_ += square(slope) * (least - bytes_variance_);
        covariance_ = slope * least;
        bytes_variance_ = least;
    }
}

}  // namespace prelabel::llm
