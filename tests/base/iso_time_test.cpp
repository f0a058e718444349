#include <prelabel/base/iso_time.hpp>

#include <array>
#include <cstdio>

#include <gtest/gtest.h>

namespace prelabel {
namespace {

using std::chrono::milliseconds;

WallTime at_ms(std::int64_t since_1970) { return WallTime(milliseconds(since_1970)); }

TEST(IsoTime, WritesUtcWithMilliseconds) {
    EXPECT_EQ(iso_8601(at_ms(0)), "1970-01-01T00:00:00.000Z");
    EXPECT_EQ(iso_8601(at_ms(1'790'190'000'007)), "2026-09-23T19:00:00.007Z");
    EXPECT_EQ(iso_8601(at_ms(951'782'399'999)), "2000-02-28T23:59:59.999Z");
    EXPECT_EQ(iso_8601(at_ms(951'782'400'000)), "2000-02-29T00:00:00.000Z") << "a leap day";
    EXPECT_EQ(iso_8601(at_ms(-1)), "1969-12-31T23:59:59.999Z");
    EXPECT_EQ(iso_8601(at_ms(2'147'483'648'000)), "2038-01-19T03:14:08.000Z") << "beyond 32 bits of seconds";
}

TEST(IsoTime, IsReadBack) {
    for (const std::string text : {"2026-11-23T19:00:00.000Z", "1970-01-01T00:00:00.001Z", "2024-02-29T23:59:59.999Z",
                                   "0000-01-01T00:00:00.000Z", "9999-12-31T23:59:59.000Z"}) {
        const auto time = from_iso_8601(text);
        ASSERT_TRUE(time) << text;
        EXPECT_EQ(iso_8601(*time), text);
    }
    EXPECT_EQ(from_iso_8601("1970-01-01T00:00:00.001Z"), at_ms(1));
    EXPECT_EQ(from_iso_8601("2026-09-23T19:00:00.007Z"), at_ms(1'790'190'000'007));
    EXPECT_EQ(from_iso_8601("1969-12-31T23:59:59.999Z"), at_ms(-1));
}

TEST(IsoTime, TakesNoOtherTextForATime) {
    for (const std::string text : {"",
                                   "2026-11-23",
                                   "2026-11-23T19:00:00Z",
                                   "2026-11-23 19:00:00.000Z",
                                   "2026-11-31T19:00:00.000Z",
                                   "2026-13-01T19:00:00.000Z",
                                   "2026-11-23T24:00:00.000Z",
                                   "2026-11-23T19:60:00.000Z",
                                   "2026-11-23T19:00:60.000Z",
                                   "2026-11-23T19:00:00.000+",
                                   "2o26-11-23T19:00:00.000Z",
                                   "2026-02-29T00:00:00.000Z",
                                   "2026-00-10T00:00:00.000Z",
                                   "2026-01-00T00:00:00.000Z",
                                   "1900-02-29T00:00:00.000Z",
                                   "2026-11-23T19:00:00.000z",
                                   "2026-11-23T19:00:00.000ZZ",
                                   " 2026-11-23T19:00:00.00Z",
                                   "-026-11-23T19:00:00.000Z",
                                   "2026-11-23T19:00:00,000Z"})
        EXPECT_FALSE(from_iso_8601(text)) << text;
}

/// Days of a month by the rule that everybody learns.
int days_of(int month, int year) {
    constexpr std::array<int, 12> days{31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    const bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return days[static_cast<std::size_t>(month - 1)] + (month == 2 && leap ? 1 : 0);
}

// A calendar that only counts days on, for a whole cycle of leap years.
TEST(IsoTime, AgreesWithACalendarDayByDay) {
    std::int64_t day = 0;
    for (int year = 1970; year < 2370; ++year) {
        for (int month = 1; month <= 12; ++month) {
            for (int of_month = 1; of_month <= days_of(month, year); ++of_month) {
                std::array<char, 64> expected{};
                std::snprintf(expected.data(), expected.size(), "%04d-%02d-%02dT23:59:59.999Z", year, month, of_month);
                const WallTime last = at_ms(++day * 86'400'000 - 1);
                ASSERT_EQ(iso_8601(last), expected.data());
                ASSERT_EQ(from_iso_8601(expected.data()), last);
            }
            std::array<char, 64> beyond{};
            std::snprintf(beyond.data(), beyond.size(), "%04d-%02d-%02dT00:00:00.000Z", year, month,
                          days_of(month, year) + 1);
            ASSERT_EQ(from_iso_8601(beyond.data()), std::nullopt) << beyond.data();
        }
    }
}

TEST(IsoTime, CountsHoursMinutesSecondsAndMilliseconds) {
    for (std::int64_t ms = 0; ms < 86'400'000; ms += 12'347) {
        std::array<char, 64> expected{};
        std::snprintf(expected.data(), expected.size(), "1970-01-01T%02d:%02d:%02d.%03dZ",
                      static_cast<int>(ms / 3'600'000), static_cast<int>(ms / 60'000 % 60),
                      static_cast<int>(ms / 1'000 % 60), static_cast<int>(ms % 1'000));
        ASSERT_EQ(iso_8601(at_ms(ms)), expected.data());
        ASSERT_EQ(from_iso_8601(expected.data()), at_ms(ms));
    }
}

}  // namespace
}  // namespace prelabel
