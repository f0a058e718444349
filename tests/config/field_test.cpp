#include "config/field.hpp"

#include "config/scalar.hpp"

#include <chrono>
#include <limits>
#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace prelabel::config {
namespace {

using namespace std::chrono_literals;

TEST(Field, SaysWhatIsExpectedInWordsWithItsBounds) {
    struct Case {
        Shape shape;
        const char* says;
    };
    Shape text_or_empty = of(Type::text);
    text_or_empty.may_be_empty = true;
    Shape group_or_text = of(Type::group);
    group_or_text.may_be_text = true;
    const std::vector<Case> cases = {
        {integer(1, 65'536), "an integer from 1 to 65536"},
        {integer(-5, 0), "an integer from -5 to 0"},
        {number(0, 1), "a number from 0 to 1"},
        {number(0.25, 2.5), "a number from 0.25 to 2.5"},
        {number_or_null(0, 2), "a number from 0 to 2, or null"},
        {of(Type::text), "a text, not empty"},
        {text_or_empty, "a text"},
        {of(Type::path), "the path of a file"},
        {of(Type::variable), "the name of an environment variable such as OPENAI_API_KEY"},
        {of(Type::pointer), "a JSON Pointer such as /text or /body/0/text"},
        {of(Type::url), "an address such as https://api.openai.com/v1"},
        {of(Type::listen), "host:port such as 127.0.0.1:9464 or [::1]:9464, or off"},
        {duration(1ms, 10min), "a duration such as 250ms, 5s, 10m, 1h or 30d, from 1ms to 10m"},
        {size(1'000, 64U << 20), "a size such as 1000000, 64KiB, 256MiB or 10GiB, from 1000 to 64MiB"},
        {of(Type::text_map), "a mapping of names to texts"},
        {of(Type::schema), "a JSON Schema as a mapping, or {file: path}"},
        {of(Type::group), "a mapping"},
        {group_or_text, "a mapping or a text"},
        {list(1, 5), "a list"},
    };
    for (const auto& [shape, says] : cases) EXPECT_EQ(expectation(shape), says);
}

// What a message gives as an example must be taken where it is asked for.
TEST(Field, ExpectsWhatIsTaken) {
    const auto takes = [](const Shape& shape, std::string_view text) {
        return std::holds_alternative<Value>(read_scalar(text, true, shape));
    };
    for (const char* text : {"250ms", "5s", "10m", "1h", "30d"})
        EXPECT_TRUE(takes(duration(1ms, std::chrono::hours(24 * 365)), text)) << text;
    for (const char* text : {"1000000", "64KiB", "256MiB", "10GiB"})
        EXPECT_TRUE(takes(size(0, 1ULL << 40), text)) << text;
    for (const char* text : {"/text", "/body/0/text"}) EXPECT_TRUE(takes(of(Type::pointer), text)) << text;
    for (const char* text : {"127.0.0.1:9464", "[::1]:9464", "off"}) EXPECT_TRUE(takes(of(Type::listen), text)) << text;
    EXPECT_TRUE(takes(of(Type::url), "https://api.openai.com/v1"));
    EXPECT_TRUE(takes(of(Type::variable), "OPENAI_API_KEY"));
}

TEST(Field, WritesADurationInItsLargestWholeUnit) {
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

TEST(Field, WritesASizeInItsLargestWholeUnit) {
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

TEST(Field, WritesANumberAsShortAsItReadsBack) {
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

// The defaults of the documentation are written by render(); a user copies them into a file.
TEST(Field, WhatIsWrittenReadsBackAsTheSameValue) {
    const auto reads_back = []<class T>(const T& value, const Shape& shape) {
        const std::string text = render(value, shape);
        const auto read = read_scalar(text, true, shape);
        ASSERT_TRUE(std::holds_alternative<Value>(read)) << text;
        ASSERT_TRUE(std::holds_alternative<T>(std::get<Value>(read))) << text;
        EXPECT_EQ(std::get<T>(std::get<Value>(read)), value) << text;
    };
    for (std::int64_t ms = 1; ms < 100'000'000; ms = ms * 2 + 1)
        reads_back(Duration(std::chrono::milliseconds(ms)), duration(0s, 1'000h));
    for (std::int64_t hours = 0; hours < 100; ++hours)
        reads_back(Duration(std::chrono::hours(hours)), duration(0s, 1'000h));
    for (std::int64_t bytes = 0; bytes < 1LL << 40; bytes = bytes * 3 + 1) reads_back(bytes, size(0, 1ULL << 41));
    for (int shift = 0; shift < 40; ++shift) reads_back(std::int64_t{1} << shift, size(0, 1ULL << 41));
    for (const std::int64_t value : {-7, 0, 1, 4'096}) reads_back(value, integer(-10, 10'000));
    for (const double value : {0.0, 0.5, 0.075, 1e-7, 2.0}) reads_back(value, number(0, 2));
    for (const char* text : {"a", "a b", "ä: b"}) reads_back(std::string(text), of(Type::text));
    for (const char* word : {"json", "text"}) reads_back(std::string(word), choice({"json", "text"}));
}

TEST(Field, WritesNothingAsNullAndNoNamesAsAnEmptyMapping) {
    EXPECT_EQ(render(std::monostate{}, number_or_null(0, 1)), "null");
    EXPECT_EQ(render(TextMap{}, of(Type::text_map)), "{}");
}

}  // namespace
}  // namespace prelabel::config
