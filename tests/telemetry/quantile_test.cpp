#include <prelabel/telemetry/quantile.hpp>

#include <gtest/gtest.h>

namespace prelabel::telemetry {
namespace {

using namespace std::chrono_literals;

TEST(Quantile, IsUnknownWithoutObservations) { EXPECT_FALSE(quantile(Buckets{}, 0.5)); }

TEST(Quantile, LiesEvenlyWithinItsBucket) {
    Histogram histogram;
    for (int i = 0; i < 4; ++i) histogram.observe(3ms);  // in the bucket from 2 to 4 ms
    const auto buckets = buckets_of(histogram);
    EXPECT_DOUBLE_EQ(quantile(buckets, 0.25).value(), 0.0025);
    EXPECT_DOUBLE_EQ(quantile(buckets, 0.5).value(), 0.003);
    EXPECT_DOUBLE_EQ(quantile(buckets, 1).value(), 0.004);
}

TEST(Quantile, CountsAcrossBuckets) {
    Histogram histogram;
    for (int i = 0; i < 90; ++i) histogram.observe(1ms);
    for (int i = 0; i < 10; ++i) histogram.observe(100ms);
    EXPECT_DOUBLE_EQ(quantile(buckets_of(histogram), 0.9).value(), 0.001);
    EXPECT_DOUBLE_EQ(quantile(buckets_of(histogram), 0.95).value(), 0.096) << "half of the bucket from 64 to 128 ms";
}

TEST(Quantile, EndsAtTheLargestBound) {
    Histogram histogram;
    histogram.observe(1h);
    EXPECT_DOUBLE_EQ(quantile(buckets_of(histogram), 0.5).value(), Histogram::bound(Histogram::bounds_count - 1));
}

}  // namespace
}  // namespace prelabel::telemetry
