#include "llm/retry_after.hpp"

#include <array>
#include <chrono>
#include <cstdio>
#include <string>

#include <gtest/gtest.h>

namespace prelabel::llm {
namespace {

using namespace std::chrono_literals;

using Wait = std::optional<Duration>;

constexpr WallTime noon = std::chrono::sys_days{std::chrono::year(2026) / 11 / 29} + 12h;

Wait wait(std::string_view seconds_or_date, std::string_view milliseconds = {}, WallTime now = noon) {
    return retry_after(milliseconds, seconds_or_date, now);
}

constexpr std::array<const char*, 12> months = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
constexpr std::array<const char*, 7> days = {"Sunday",   "Monday", "Tuesday", "Wednesday",
                                             "Thursday", "Friday", "Saturday"};

/// The three forms of RFC 9110, 5.6.7, of one second of one day.
std::array<std::string, 3> written(std::chrono::sys_days day, std::chrono::seconds of_day) {
    const std::chrono::year_month_day date(day);
    const std::string name = days[std::chrono::weekday(day).c_encoding()];
    const char* month = months[static_cast<unsigned>(date.month()) - 1];
    const auto number = static_cast<unsigned>(date.day());
    const int year = static_cast<int>(date.year());
    const std::chrono::hh_mm_ss time(of_day);
    std::array<char, 16> clock{};
    std::snprintf(clock.data(), clock.size(), "%02d:%02d:%02d", static_cast<int>(time.hours().count()),
                  static_cast<int>(time.minutes().count()), static_cast<int>(time.seconds().count()));
    std::array<char, 64> fixed{};
    std::array<char, 64> dashed{};
    std::array<char, 64> ctime{};
    std::snprintf(fixed.data(), fixed.size(), "%.3s, %02u %s %04d %s GMT", name.c_str(), number, month, year,
                  clock.data());
    std::snprintf(dashed.data(), dashed.size(), "%s, %02u-%s-%02d %s GMT", name.c_str(), number, month, year % 100,
                  clock.data());
    std::snprintf(ctime.data(), ctime.size(), "%.3s %s %2u %s %04d", name.c_str(), month, number, clock.data(), year);
    return {fixed.data(), dashed.data(), ctime.data()};
}

TEST(RetryAfter, IsAbsentWhenNothingWasSaid) {
    EXPECT_EQ(wait(""), std::nullopt);
    EXPECT_EQ(wait("  \t ", " "), std::nullopt);
}

TEST(RetryAfter, TakesSecondsWithFractions) {
    EXPECT_EQ(wait("0"), 0s);
    EXPECT_EQ(wait("1"), 1s);
    EXPECT_EQ(wait("17"), 17s);
    EXPECT_EQ(wait("0.25"), 250ms);
    EXPECT_EQ(wait("1.5"), 1500ms);
    EXPECT_EQ(wait("\t 2 \t"), 2s);
    EXPECT_EQ(wait("007"), 7s);
}

TEST(RetryAfter, BelievesMillisecondsFirst) {
    EXPECT_EQ(wait("20", "1500"), 1500ms);
    EXPECT_EQ(wait("", "250"), 250ms);
    EXPECT_EQ(wait("20", "0"), 0s);
    EXPECT_EQ(wait("20", " 40 "), 40ms);
    EXPECT_EQ(wait("20", "0.5"), 500us);
}

TEST(RetryAfter, FallsBackToSecondsWhenTheMillisecondsSayNothing) {
    for (const char* garbage : {"", "soon", "-5", "12ms", "nan", "Sun, 29 Nov 2026 12:00:05 GMT"})
        EXPECT_EQ(wait("20", garbage), 20s) << garbage;
    EXPECT_EQ(wait("soon", "soon"), std::nullopt);
}

TEST(RetryAfter, BelievesTenMinutesAtMost) {
    EXPECT_EQ(retry_after_max, 10min);
    EXPECT_EQ(wait("599"), 599s);
    EXPECT_EQ(wait("600"), 10min);
    EXPECT_EQ(wait("600.001"), 10min);
    EXPECT_EQ(wait("86400"), 10min);
    EXPECT_EQ(wait("1e300"), 10min) << "no overflow";
    EXPECT_EQ(wait("99999999999999999999999999"), 10min);
    EXPECT_EQ(wait("", "600001"), 10min);
    EXPECT_EQ(wait("Sun, 29 Nov 2026 12:09:59 GMT"), 599s);
    EXPECT_EQ(wait("Sun, 29 Nov 2026 12:10:01 GMT"), 10min);
    EXPECT_EQ(wait("Fri, 31 Dec 9999 23:59:59 GMT"), 10min);
}

TEST(RetryAfter, CountsFromTheMomentOfTheAnswer) {
    EXPECT_EQ(wait("Sun, 29 Nov 2026 12:00:30 GMT"), 30s);
    EXPECT_EQ(wait("Sun, 29 Nov 2026 12:00:30 GMT", {}, noon + 400ms), 29'600ms);
    EXPECT_EQ(wait("Sun, 29 Nov 2026 12:00:00 GMT"), 0s);
}

TEST(RetryAfter, ADateInThePastMeansNow) {
    EXPECT_EQ(wait("Sun, 29 Nov 2026 11:59:59 GMT"), 0s);
    EXPECT_EQ(wait("Sun, 29 Nov 2026 12:00:00 GMT", {}, noon + 1ms), 0s);
    EXPECT_EQ(wait("Sun Nov  6 08:49:37 1994"), 0s);
    EXPECT_EQ(wait("Thu, 01 Jan 1970 00:00:00 GMT"), 0s);
}

TEST(RetryAfter, ReadsEveryDayInAllThreeForms) {
    const std::chrono::sys_days last = std::chrono::year(2068) / 12 / 31;
    std::chrono::seconds of_day = 0s;
    for (std::chrono::sys_days day = std::chrono::year(1971) / 1 / 1; day <= last; day += std::chrono::days(1)) {
        of_day = (of_day + 3'671s) % 86'400s;  // another time every day
        for (const std::string& text : written(day, of_day)) {
            ASSERT_EQ(wait(text, {}, day + of_day - 90s), 90s) << text;
            ASSERT_EQ(wait(text, {}, day + of_day + 1s), 0s) << text;
        }
    }
}

TEST(RetryAfter, KnowsALeapSecond) {
    EXPECT_EQ(
        wait("Sat, 31 Dec 2016 23:59:60 GMT", {}, std::chrono::sys_days{std::chrono::year(2016) / 12 / 31} + 86'390s),
        10s);
}

TEST(RetryAfter, IsAbsentWhenItCannotBeRead) {
    for (const char* garbage : {
             "-1",
             "-0.5",
             "soon",
             "1s",
             "1 2",
             "1,5",
             "nan",
             "inf",
             "-inf",
             "0x10",
             "--",
             ",",
             "Nov",
             "Sun, 29 Nov 2026",               // no time
             "12:00:30 GMT",                   // no date
             "Sun, 29 Nov 12:00:30 GMT",       // no year
             "Sun, Nov 2026 12:00:30 GMT",     // no day
             "Sun, 29 Now 2026 12:00:30 GMT",  // no month
             "Mon, 31 Feb 2026 12:00:30 GMT",  // no such day
             "Sun, 29 Feb 2026 12:00:30 GMT",  // no leap year
             "Sun, 00 Nov 2026 12:00:30 GMT",
             "Sun, 29 Nov 2026 24:00:30 GMT",
             "Sun, 29 Nov 2026 12:60:30 GMT",
             "Sun, 29 Nov 2026 12:00:61 GMT",
             "Sun, 29 Nov 2026 12-00-30 GMT",
             "Sun, 29 Nov 2026 1:00:30 GMT",
             "2026-11-29T12:00:30Z",  // another standard
         })
        EXPECT_EQ(wait(garbage), std::nullopt) << garbage;
}

}  // namespace
}  // namespace prelabel::llm
