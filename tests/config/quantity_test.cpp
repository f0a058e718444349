#include "config/quantity.hpp"

#include <prelabel/config/duration.hpp>

#include <chrono>
#include <limits>
#include <regex>
#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace prelabel::config {
namespace {

using namespace std::chrono_literals;

TEST(Quantity, ADurationIsWrittenInItsLargestWholeUnit) {
    EXPECT_EQ(render_duration(0s), "0s");
    EXPECT_EQ(render_duration(1ms), "1ms");
    EXPECT_EQ(render_duration(999ms), "999ms");
    EXPECT_EQ(render_duration(1s), "1s");
    EXPECT_EQ(render_duration(1500ms), "1500ms");
    EXPECT_EQ(render_duration(59s), "59s");
    EXPECT_EQ(render_duration(60s), "1m");
    EXPECT_EQ(render_duration(90s), "90s");
    EXPECT_EQ(render_duration(1h), "1h");
    EXPECT_EQ(render_duration(90min), "90m");
    EXPECT_EQ(render_duration(48h), "48h");
    EXPECT_EQ(render_duration(1us), "1e-06s") << "below what a file can say, but never nothing";
}

TEST(Quantity, ASizeIsWrittenInItsLargestWholeUnit) {
    EXPECT_EQ(render_size(0), "0");
    EXPECT_EQ(render_size(1), "1");
    EXPECT_EQ(render_size(1'000), "1000");
    EXPECT_EQ(render_size(1'023), "1023");
    EXPECT_EQ(render_size(1'024), "1KiB");
    EXPECT_EQ(render_size(1'536), "1536");
    EXPECT_EQ(render_size(1LL << 20), "1MiB");
    EXPECT_EQ(render_size(3LL << 19), "1536KiB");
    EXPECT_EQ(render_size(10LL << 30), "10GiB");
    EXPECT_EQ(render_size(2LL << 40), "2048GiB");
}

TEST(Quantity, ANumberIsWrittenAsShortAsItReadsBack) {
    EXPECT_EQ(render_number(0), "0");
    EXPECT_EQ(render_number(3), "3");
    EXPECT_EQ(render_number(-2), "-2");
    EXPECT_EQ(render_number(0.1), "0.1");
    EXPECT_EQ(render_number(0.075), "0.075");
    EXPECT_EQ(render_number(1.0 / 3), "0.3333333333333333");
    for (const double value : {0.1 + 0.2, 1e-300, 1e300, 123'456.789, 1e15, 999'999'999'999'999.0,
                               std::numeric_limits<double>::min(), std::numeric_limits<double>::max()})
        EXPECT_EQ(std::stod(render_number(value)), value) << render_number(value);
}

TEST(Quantity, IsANumberAndOneOfTheUnitsWithAtMostOneSpaceBetween) {
    EXPECT_EQ(read_quantity("2h", duration_units), 7'200e9);
    EXPECT_EQ(read_quantity("2 h", duration_units), 7'200e9);
    EXPECT_EQ(read_quantity("1.5KiB", size_units), 1'536);
    EXPECT_EQ(read_quantity("1.0004KiB", size_units), 1'024) << "to the nearest byte";
    EXPECT_EQ(read_quantity("12", size_units), 12);
    for (const char* text : {"2", "h", "2  h", "2h ", " 2h", "2hh", "2H", "", " "})
        EXPECT_EQ(read_quantity(text, duration_units), std::nullopt) << text;
}

// An editor that checks by the schema and the program that reads the file must be of one opinion.
TEST(Quantity, ThePatternOfTheSchemaTakesWhatIsRead) {
    const std::regex durations(quantity_pattern(duration_units));
    const std::regex sizes(quantity_pattern(size_units));
    for (const char* number : {"0", "5", "250", "1.5", "0.25", "", ".", "x"}) {
        for (const char* space : {"", " ", "  "}) {
            for (const char* unit : {"ms", "s", "m", "h", "d", "B", "KiB", "MiB", "GiB", "TiB", "kB", "MB", "GB", "us",
                                     "S", "K", "KB", "TB", "min"}) {
                const std::string text = std::string(number) + space + unit;
                EXPECT_EQ(std::regex_search(text, durations), read_quantity(text, duration_units).has_value()) << text;
                EXPECT_EQ(std::regex_search(text, sizes), read_quantity(text, size_units).has_value()) << text;
            }
        }
    }
}

TEST(Quantity, ADurationIsReadOutsideOfAFileAsInOne) {
    EXPECT_EQ(read_duration("0"), 0s);
    EXPECT_EQ(read_duration("0ms"), 0s);
    EXPECT_EQ(read_duration("1.5 h"), 90min);
    EXPECT_EQ(read_duration("366d"), std::chrono::hours(366 * 24));
    for (const char* wrong : {"", "5", "-1s", "5 minutes", "367d", "1e3s", "nan"})
        EXPECT_FALSE(read_duration(wrong)) << wrong;
}

}  // namespace
}  // namespace prelabel::config
