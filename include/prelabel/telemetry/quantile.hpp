#pragma once

#include <prelabel/base/histogram.hpp>

#include <array>
#include <optional>

namespace prelabel::telemetry {

/// Observations by bucket of a Histogram, or the growth of those between two moments.
using Buckets = std::array<double, Histogram::bounds_count + 1>;

[[nodiscard]] Buckets buckets_of(const Histogram& histogram);

/// The value below which this share of the observations lies; none without observations.
/// As Prometheus' histogram_quantile(): even within a bucket, and the largest bound for what is beyond all bounds.
[[nodiscard]] std::optional<double> quantile(const Buckets& observations, double share);

}  // namespace prelabel::telemetry
