#include "types.hpp"

#include <chrono>
#include <limits>
#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace prelabel::config {
namespace {

using namespace std::chrono_literals;

constexpr Duration year = std::chrono::hours(24 * 365);

TEST(NumberTypes, SayWhatTheyExpectWithTheirBounds) {
    EXPECT_EQ(integer(1, 65'536)->expectation(), "an integer from 1 to 65536");
    EXPECT_EQ(integer(-5, 0)->expectation(), "an integer from -5 to 0");
    EXPECT_EQ(number(0, 1)->expectation(), "a number from 0 to 1");
    EXPECT_EQ(number(0.25, 2.5)->expectation(), "a number from 0.25 to 2.5");
    EXPECT_EQ(number_or_null(0, 2)->expectation(), "a number from 0 to 2, or null");
    EXPECT_EQ(duration(1ms, 10min)->expectation(), "a duration such as 250ms, 5s, 10m, 1h or 30d, from 1ms to 10m");
    EXPECT_EQ(size(1'000, 64U << 20)->expectation(),
              "a size such as 1000000, 64KiB, 256MiB or 10GiB, from 1000 to 64MiB");
}

// What a message gives as an example must be taken where it is asked for.
TEST(NumberTypes, TakeTheExamplesOfTheirMessages) {
    for (const char* text : {"250ms", "5s", "10m", "1h", "30d"}) EXPECT_TRUE(value(text, duration(1ms, year))) << text;
    for (const char* text : {"1000000", "64KiB", "256MiB", "10GiB"})
        EXPECT_TRUE(value(text, size(0, 1ULL << 40))) << text;
}

TEST(NumberTypes, AnIntegerIsDigitsWithinItsBounds) {
    expect_taken<std::int64_t>(integer(-5, 100), {{"0", 0}, {"7", 7}, {"100", 100}, {"-5", -5}, {"007", 7}});
    expect_refused(integer(-5, 100), {"", " ", "-6", "101", "1.0", "1e1", "0x10", "1_0", " 1", "1 ", "one", "true", "-",
                                      "99999999999999999999", "-99999999999999999999"});
    expect_taken<std::int64_t>(integer(0, 1LL << 40), {{"1099511627776", 1LL << 40}});
}

TEST(NumberTypes, EveryIntegerNearTheBoundsIsTakenOrRefusedByThem) {
    for (std::int64_t min = -3; min <= 3; ++min) {
        for (std::int64_t max = min; max <= 3; ++max) {
            for (std::int64_t n = -5; n <= 5; ++n)
                EXPECT_EQ(value(std::to_string(n), integer(min, max)).has_value(), min <= n && n <= max)
                    << n << " of " << min << " to " << max;
        }
    }
}

TEST(NumberTypes, AnIntegerBeyondWhatADoubleTellsApartKeepsItsBounds) {
    constexpr std::int64_t max = (1LL << 53) + 1;  // the nearest double is one less
    expect_taken<std::int64_t>(integer(0, max), {{"9007199254740993", max}});
    expect_refused(integer(0, max), {"9007199254740994"});
    expect_refused(integer(0, max - 1), {"9007199254740993"});
}

TEST(NumberTypes, ANumberIsFiniteAndWithinItsBounds) {
    expect_taken<double>(number(0, 2),
                         {{"0", 0}, {"2", 2}, {"0.15", 0.15}, {"1e-3", 0.001}, {"2.0", 2}, {".5", 0.5}, {"-0", 0}});
    expect_refused(number(0, 2), {"", "2.0001", "-0.1", "nan", "inf", "-inf", "1e999", "0,15", "0.15 ", " 0.15",
                                  "cheap", "0x1", "1.2.3", "$1"});
}

TEST(NumberTypes, InQuotesNumbersAreTextsAndTheMessageSaysHowToMendIt) {
    EXPECT_EQ(refusal("5", integer(0, 9), quoted).hint, "remove the quotes");
    EXPECT_EQ(refusal("0.5", number(0, 9), quoted).hint, "remove the quotes");
    EXPECT_EQ(refusal("50", integer(0, 9), quoted).hint, "") << "without quotes it would be wrong as well";
    EXPECT_EQ(refusal("many", integer(0, 9), quoted).hint, "");
    EXPECT_TRUE(value("5s", duration(0s, 1h), quoted)) << "a duration is a text anyway";
    EXPECT_TRUE(value("64KiB", size(0, 1U << 20), quoted));
    EXPECT_TRUE(value("64", size(0, 1U << 20), quoted));
}

TEST(NumberTypes, ADurationIsANumberAndAUnit) {
    expect_taken<Duration>(duration(0s, year), {{"250ms", 250ms},
                                                {"5s", 5s},
                                                {"10m", 10min},
                                                {"1h", 1h},
                                                {"30d", 720h},
                                                {"1.5s", 1500ms},
                                                {"0.25h", 15min},
                                                {"5 s", 5s},
                                                {"0s", 0s},
                                                {"0.5ms", 500us}});
    expect_refused(duration(0s, year),
                   {"",     "5",     "s",    "5sec", "5 sec", "5S",  "5M", "-5s",    "5s ",  " 5s",
                    "5  s", "1h30m", "1e3s", "nans", "infs",  "5us", "5w", "5.5.5s", "366d", "1e400s"});
}

TEST(NumberTypes, ADurationKeepsWithinItsBounds) {
    const auto type = duration(1ms, 10min);
    expect_taken<Duration>(type, {{"1ms", 1ms}, {"10m", 10min}, {"600s", 10min}});
    expect_refused(type, {"0s", "0.9ms", "600001ms", "11m", "1h"});
}

TEST(NumberTypes, ASizeIsBytesOrANumberAndAUnit) {
    expect_taken<std::int64_t>(size(0, 1ULL << 42), {{"0", 0},
                                                     {"1000000", 1'000'000},
                                                     {"7B", 7},
                                                     {"64KiB", 65'536},
                                                     {"256MiB", 268'435'456},
                                                     {"10GiB", 10'737'418'240},
                                                     {"2TiB", 2'199'023'255'552},
                                                     {"1kB", 1'000},
                                                     {"5MB", 5'000'000},
                                                     {"5GB", 5'000'000'000},
                                                     {"1.5KiB", 1'536},
                                                     {"64 KiB", 65'536}});
    expect_refused(size(0, 1ULL << 42), {"", "KiB", "-1", "64K", "64kib", "64KIB", "64Kb", "64 KiB ", "1e3", "5TB",
                                         "0x40", "lots", "4398046511105"});
    expect_refused(size(1'000, 64'000), {"999", "64001", "64KiB"});
}

TEST(NumberTypes, WhatTheyWriteReadsBackAsTheSameValue) {
    for (std::int64_t ms = 1; ms < 100'000'000; ms = ms * 2 + 1)
        expect_reads_back(Duration(std::chrono::milliseconds(ms)), duration(0s, 1'000h));
    for (std::int64_t hours = 0; hours < 100; ++hours)
        expect_reads_back(Duration(std::chrono::hours(hours)), duration(0s, 1'000h));
    for (std::int64_t bytes = 0; bytes < 1LL << 40; bytes = bytes * 3 + 1)
        expect_reads_back(bytes, size(0, 1ULL << 41));
    for (int shift = 0; shift < 40; ++shift) expect_reads_back(std::int64_t{1} << shift, size(0, 1ULL << 41));
    for (const std::int64_t whole : {-7, 0, 1, 4'096}) expect_reads_back(whole, integer(-10, 10'000));
    for (const double real : {0.0, 0.5, 0.075, 1e-7, 2.0}) expect_reads_back(real, number(0, 2));
    EXPECT_EQ(number_or_null(0, 1)->render(std::monostate{}), "null");
}

TEST(NumberTypes, TheirSchemaHasTheBounds) {
    EXPECT_EQ(schema_of(integer(1, 9)), R"({"anyOf":[{"type":"integer","minimum":1,"maximum":9}]})");
    EXPECT_EQ(schema_of(number(0, 0.5)), R"({"anyOf":[{"type":"number","minimum":0.0,"maximum":0.5}]})");
    EXPECT_EQ(schema_of(number_or_null(0, 2)),
              R"({"anyOf":[{"type":"number","minimum":0.0,"maximum":2.0},{"type":"null"}]})");
    EXPECT_EQ(schema_of(size(1, 1U << 20)),
              R"({"anyOf":[{"type":"integer","minimum":1,"maximum":1048576},{"type":"string","pattern":)"
              R"("^[0-9]+(\\.[0-9]+)? ?(B|KiB|MiB|GiB|TiB|kB|MB|GB)$"}]})");
    EXPECT_EQ(schema_of(duration(1s, 2s)),
              R"({"type":"string","pattern":"^[0-9]+(\\.[0-9]+)? ?(ms|s|m|h|d)$|\\$\\{"})");
}

TEST(NumberTypes, TheirSchemaTakesAVariableWhereVariablesAreExpanded) {
    EXPECT_EQ(schema_of(integer(1, 9), true),
              R"({"anyOf":[{"type":"integer","minimum":1,"maximum":9},{"type":"string","pattern":"\\$\\{"}]})");
    EXPECT_EQ(
        schema_of(number_or_null(0, 2), true),
        R"({"anyOf":[{"type":"number","minimum":0.0,"maximum":2.0},{"type":"null"},{"type":"string","pattern":"\\$\\{"}]})");
}

TEST(NumberTypes, OnlyWhatIsANumberInYamlIsOneInJson) {
    EXPECT_TRUE(integer(0, 1)->renders_json());
    EXPECT_TRUE(number(0, 1)->renders_json());
    EXPECT_FALSE(duration(0s, 1s)->renders_json());
    EXPECT_FALSE(size(0, 1)->renders_json()) << "4MiB is a text";
}

}  // namespace
}  // namespace prelabel::config
