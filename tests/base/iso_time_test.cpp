#include <prelabel/base/iso_time.hpp>

#include <gtest/gtest.h>

namespace prelabel {
namespace {

using std::chrono::milliseconds;

TEST(IsoTime, WritesUtcWithMilliseconds) {
    EXPECT_EQ(iso_8601(WallTime(milliseconds(0))), "1970-01-01T00:00:00.000Z");
    EXPECT_EQ(iso_8601(WallTime(milliseconds(1'790'190'000'007))), "2026-09-23T19:00:00.007Z");
    EXPECT_EQ(iso_8601(WallTime(milliseconds(951'782'399'999))), "2000-02-28T23:59:59.999Z");
    EXPECT_EQ(iso_8601(WallTime(milliseconds(951'782'400'000))), "2000-02-29T00:00:00.000Z") << "a leap day";
    EXPECT_EQ(iso_8601(WallTime(milliseconds(-1))), "1969-12-31T23:59:59.999Z");
}

}  // namespace
}  // namespace prelabel
