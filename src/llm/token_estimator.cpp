#include <prelabel/llm/token_estimator.hpp>

#include <algorithm>
#include <cmath>

namespace prelabel::llm {
namespace {

constexpr double deviations = 2;
constexpr double ratio_max = 4;
constexpr double memory = 64;  ///< observations that the moving mean looks back on

}  // namespace

std::uint64_t TokenEstimator::estimate(std::size_t bytes) const {
    const double ratio = mean_ + deviations * std::sqrt(variance_);
    return std::max<std::uint64_t>(1, static_cast<std::uint64_t>(std::ceil(static_cast<double>(bytes) * ratio)));
}

// Source: West (1979), updating mean and variance with weights.
void TokenEstimator::observe(std::size_t bytes, std::uint64_t tokens) {
    if (bytes == 0 || tokens == 0) return;
    const double ratio = std::min(ratio_max, static_cast<double>(tokens) / static_cast<double>(bytes));
    seen_ = std::min(memory, seen_ + 1);
    const double weight = 1 / seen_;
    const double step = ratio - mean_;
    mean_ += weight * step;
    variance_ = (1 - weight) * (variance_ + weight * step * step);
}

}  // namespace prelabel::llm
