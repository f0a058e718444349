#include <prelabel/base/histogram.hpp>

#include <numeric>

#include <gtest/gtest.h>

namespace prelabel {
namespace {

using namespace std::chrono_literals;
using Seconds = std::chrono::duration<double>;

/// The bucket into which an observation goes.
std::size_t bucket_of(Seconds elapsed) {
    Histogram histogram;
    histogram.observe(elapsed);
    std::size_t bucket = 0;
    while (histogram.counts()[bucket] == 0) ++bucket;
    return bucket;
}

TEST(Histogram, DoublesItsBoundsFromAMillisecondOn) {
    EXPECT_DOUBLE_EQ(Histogram::bound(0), 0.001);
    EXPECT_DOUBLE_EQ(Histogram::bound(10), 1.024);
    EXPECT_DOUBLE_EQ(Histogram::bound(Histogram::bounds_count - 1), 524.288);
    for (std::size_t i = 1; i < Histogram::bounds_count; ++i)
        EXPECT_DOUBLE_EQ(Histogram::bound(i), 2 * Histogram::bound(i - 1));
}

TEST(Histogram, PutsATimeBelowTheFirstBoundThatItDoesNotExceed) {
    EXPECT_EQ(bucket_of(0s), 0U);
    EXPECT_EQ(bucket_of(1us), 0U);
    for (std::size_t i = 0; i < Histogram::bounds_count; ++i) {
        EXPECT_EQ(bucket_of(Seconds(Histogram::bound(i))), i) << "a bound belongs to the bucket that it ends";
        EXPECT_EQ(bucket_of(Seconds(Histogram::bound(i) * 1.0001)), i + 1);
    }
}

TEST(Histogram, CountsWhatIsBeyondAllBoundsInTheLastBucket) {
    EXPECT_EQ(bucket_of(525s), Histogram::bounds_count);
    EXPECT_EQ(bucket_of(24h), Histogram::bounds_count);
}

TEST(Histogram, CountsEachObservationOnceAndSumsThemUp) {
    Histogram histogram;
    EXPECT_EQ(histogram.count(), 0U);
    EXPECT_EQ(histogram.sum(), 0.0);
    for (int i = 0; i < 1'000; ++i) histogram.observe(std::chrono::milliseconds(i));
    EXPECT_EQ(histogram.count(), 1'000U);
    EXPECT_NEAR(histogram.sum(), 499.5, 1e-9);
    const auto& counts = histogram.counts();
    EXPECT_EQ(std::accumulate(counts.begin(), counts.end(), std::uint64_t{0}), 1'000U);
    EXPECT_EQ(counts[0], 2U) << "0 and 1 ms";
    EXPECT_EQ(counts[1], 1U) << "2 ms: not cumulative";
    EXPECT_EQ(counts[9], 256U) << "257 to 512 ms";
    EXPECT_EQ(counts[10], 487U) << "513 to 999 ms";
}

TEST(AgeHistogram, HasTheBoundsThatPeoplePromise) {
    AgeHistogram histogram;
    for (const auto promised : {Seconds(15min), Seconds(1h), Seconds(24h)}) {
        histogram.observe(promised);
        bool found = false;
        for (std::size_t i = 0; i < AgeHistogram::bounds_count; ++i)
            found |= AgeHistogram::bound(i) == promised.count() && histogram.counts()[i] == 1;
        EXPECT_TRUE(found) << promised.count() << " s is a bound, and belongs to the bucket that it ends";
    }
    histogram.observe(8 * 24h);
    EXPECT_EQ(histogram.counts()[AgeHistogram::bounds_count], 1U);
    for (std::size_t i = 1; i < AgeHistogram::bounds_count; ++i)
        EXPECT_GT(AgeHistogram::bound(i), AgeHistogram::bound(i - 1));
}

}  // namespace
}  // namespace prelabel
