#include <prelabel/telemetry/quantile.hpp>

#include <algorithm>
#include <cstddef>
#include <numeric>

namespace prelabel::telemetry {

Buckets buckets_of(const Histogram& histogram) {
    Buckets buckets{};
    std::ranges::transform(histogram.counts(), buckets.begin(), [](auto count) { return static_cast<double>(count); });
    return buckets;
}

std::optional<double> quantile(const Buckets& observations, double share) {
    const double all = std::accumulate(observations.begin(), observations.end(), 0.0);
    if (all <= 0) return std::nullopt;
    const double rank = share * all;
    double below = 0;
    for (std::size_t i = 0; i < Histogram::bounds_count; ++i) {
        if (observations[i] > 0 && below + observations[i] >= rank) {
            const double from = i == 0 ? 0 : Histogram::bound(i - 1);
            return from + (Histogram::bound(i) - from) * (rank - below) / observations[i];
        }
        below += observations[i];
    }
    return Histogram::bound(Histogram::bounds_count - 1);
}

}  // namespace prelabel::telemetry
