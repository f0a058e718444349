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

TEST(IsoTime, IsReadBack) {
    for (const std::string text : {"2026-11-23T19:00:00.000Z", "1970-01-01T00:00:00.001Z", "2024-02-29T23:59:59.999Z",
                                   "0000-01-01T00:00:00.000Z", "9999-12-31T23:59:59.000Z"}) {
        const auto time = from_iso_8601(text);
        ASSERT_TRUE(time) << text;
        EXPECT_EQ(iso_8601(*time), text);
    }
}

TEST(IsoTime, TakesNoOtherTextForATime) {
    for (const std::string text : {"", "2026-11-23", "2026-11-23T19:00:00Z", "2026-11-23 19:00:00.000Z",
                                   "2026-11-31T19:00:00.000Z", "2026-13-01T19:00:00.000Z", "2026-11-23T24:00:00.000Z",
                                   "2026-11-23T19:60:00.000Z", "2026-11-23T19:00:60.000Z", "2026-11-23T19:00:00.000+",
                                   "2o26-11-23T19:00:00.000Z", "2026-02-29T00:00:00.000Z"})
        EXPECT_FALSE(from_iso_8601(text)) << text;
}

}  // namespace
}  // namespace prelabel
