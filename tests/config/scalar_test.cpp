#include "config/scalar.hpp"

#include <chrono>
#include <limits>
#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace prelabel::config {
namespace {

using namespace std::chrono_literals;

/// The value; none when the text was refused.
std::optional<Value> value(std::string_view text, const Shape& shape, bool typed = true) {
    auto outcome = read_scalar(text, typed, shape);
    if (auto* found = std::get_if<Value>(&outcome)) return std::move(*found);
    return std::nullopt;
}

Refusal refusal(std::string_view text, const Shape& shape, bool typed = true) {
    const auto outcome = read_scalar(text, typed, shape);
    EXPECT_TRUE(std::holds_alternative<Refusal>(outcome)) << text << " was taken";
    return std::holds_alternative<Refusal>(outcome) ? std::get<Refusal>(outcome) : Refusal{"taken", "taken"};
}

template <class Expected>
void expect_taken(const Shape& shape, const std::vector<std::pair<std::string_view, Expected>>& cases) {
    for (const auto& [text, expected] : cases) {
        const auto found = value(text, shape);
        ASSERT_TRUE(found.has_value()) << '"' << text << "\" was refused";
        ASSERT_TRUE(std::holds_alternative<Expected>(*found)) << text;
        EXPECT_EQ(std::get<Expected>(*found), expected) << text;
    }
}

void expect_refused(const Shape& shape, const std::vector<std::string_view>& texts) {
    for (const auto text : texts) EXPECT_FALSE(value(text, shape).has_value()) << '"' << text << "\" was taken";
}

TEST(Scalar, AnIntegerIsDigitsWithinItsBounds) {
    expect_taken<std::int64_t>(integer(-5, 100), {{"0", 0}, {"7", 7}, {"100", 100}, {"-5", -5}, {"007", 7}});
    expect_refused(integer(-5, 100), {"", " ", "-6", "101", "1.0", "1e1", "0x10", "1_0", " 1", "1 ", "one", "true", "-",
                                      "99999999999999999999", "-99999999999999999999"});
    expect_taken<std::int64_t>(integer(0, 1LL << 40), {{"1099511627776", 1LL << 40}});
}

TEST(Scalar, EveryIntegerNearTheBoundsIsTakenOrRefusedByThem) {
    for (std::int64_t min = -3; min <= 3; ++min) {
        for (std::int64_t max = min; max <= 3; ++max) {
            for (std::int64_t n = -5; n <= 5; ++n)
                EXPECT_EQ(value(std::to_string(n), integer(min, max)).has_value(), min <= n && n <= max)
                    << n << " of " << min << " to " << max;
        }
    }
}

TEST(Scalar, ANumberIsFiniteAndWithinItsBounds) {
    expect_taken<double>(number(0, 2),
                         {{"0", 0}, {"2", 2}, {"0.15", 0.15}, {"1e-3", 0.001}, {"2.0", 2}, {".5", 0.5}, {"-0", 0}});
    expect_refused(number(0, 2), {"", "2.0001", "-0.1", "nan", "inf", "-inf", "1e999", "0,15", "0.15 ", " 0.15",
                                  "cheap", "0x1", "1.2.3", "$1"});
}

TEST(Scalar, NumbersInQuotesAreTextsAndTheMessageSaysHowToMendIt) {
    EXPECT_EQ(refusal("5", integer(0, 9), false).hint, "remove the quotes");
    EXPECT_EQ(refusal("0.5", number(0, 9), false).hint, "remove the quotes");
    EXPECT_EQ(refusal("50", integer(0, 9), false).hint, "") << "without quotes it would be wrong as well";
    EXPECT_EQ(refusal("many", integer(0, 9), false).hint, "");
    EXPECT_TRUE(value("5s", duration(0s, 1h), false)) << "a duration is a text anyway";
    EXPECT_TRUE(value("64KiB", size(0, 1U << 20), false));
}

TEST(Scalar, ADurationIsANumberAndAUnit) {
    expect_taken<Duration>(duration(0s, std::chrono::hours(24 * 365)), {{"250ms", 250ms},
                                                                        {"5s", 5s},
                                                                        {"10m", 10min},
                                                                        {"1h", 1h},
                                                                        {"30d", 720h},
                                                                        {"1.5s", 1500ms},
                                                                        {"0.25h", 15min},
                                                                        {"5 s", 5s},
                                                                        {"0s", 0s},
                                                                        {"0.5ms", 500us}});
    expect_refused(duration(0s, std::chrono::hours(24 * 365)),
                   {"",     "5",     "s",    "5sec", "5 sec", "5S",  "5M", "-5s",    "5s ",  " 5s",
                    "5  s", "1h30m", "1e3s", "nans", "infs",  "5us", "5w", "5.5.5s", "366d", "1e400s"});
}

TEST(Scalar, ADurationKeepsWithinItsBounds) {
    const Shape shape = duration(1ms, 10min);
    expect_taken<Duration>(shape, {{"1ms", 1ms}, {"10m", 10min}, {"600s", 10min}});
    expect_refused(shape, {"0s", "0.9ms", "600001ms", "11m", "1h"});
}

TEST(Scalar, ASizeIsBytesOrANumberAndAUnit) {
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

TEST(Scalar, AChoiceIsOneOfItsWordsAsTheyAreWritten) {
    const Shape shape = choice({"json", "text"}, {"csv"});
    expect_taken<std::string>(shape, {{"json", "json"}, {"text", "text"}});
    expect_refused(shape, {"", "JSON", "jso", "json ", "json,text", "0"});
    EXPECT_EQ(refusal("jsn", shape).hint, "did you mean `json`?");
    EXPECT_EQ(refusal("jsn", shape).what, "");
    EXPECT_EQ(refusal("parquet", shape).hint, "") << "nothing is near";
    EXPECT_EQ(refusal("csv", shape).what, "`csv` is not available in this version");
}

TEST(Scalar, AnAddressIsHttpWithAHostAndWithoutAKey) {
    expect_taken<std::string>(of(Type::url), {{"https://api.openai.com/v1", "https://api.openai.com/v1"},
                                              {"http://127.0.0.1:8000", "http://127.0.0.1:8000"},
                                              {"http://[::1]:8000/v1", "http://[::1]:8000/v1"},
                                              {"https://host/v1/", "https://host/v1"},
                                              {"https://host///", "https://host"}});
    expect_refused(of(Type::url), {"", "https://", "http:///v1", "ftp://host", "host/v1", "//host", "https:/host",
                                   "HTTPS://host", "https://host?key=1", "https://host/v1#a", "https://ho st/"});
    const auto refused = refusal("https://me:pass@host/v1", of(Type::url));
    EXPECT_EQ(refused.what, "holds a user name or password");
    EXPECT_EQ(refused.hint, "give the key as llm.api_key");
    EXPECT_EQ(refused.what.find("pass@"), std::string::npos);
    EXPECT_TRUE(value("https://host/a@b", of(Type::url))) << "behind the host it is part of the path";
}

TEST(Scalar, AListenAddressIsAHostAndAPortOrOff) {
    expect_taken<std::string>(of(Type::listen), {{"off", "off"},
                                                 {"127.0.0.1:9464", "127.0.0.1:9464"},
                                                 {"0.0.0.0:0", "0.0.0.0:0"},
                                                 {"[::1]:65535", "[::1]:65535"},
                                                 {"localhost:80", "localhost:80"}});
    expect_refused(of(Type::listen),
                   {"", "on", "OFF", "9464", ":9464", "localhost", "localhost:", "localhost:port", "localhost:65536",
                    "localhost:-1", "localhost:80 ", "::1:9464", "[]:80", "[::1]", "localhost:80/"});
}

TEST(Scalar, APointerBeginsWithASlashAndEscapesTildes) {
    expect_taken<std::string>(of(Type::pointer),
                              {{"", ""}, {"/text", "/text"}, {"/a/0", "/a/0"}, {"/", "/"}, {"/a~1b~0c", "/a~1b~0c"}});
    EXPECT_EQ(refusal("text", of(Type::pointer)).hint, "begin it with `/`");
    EXPECT_EQ(refusal("body.text", of(Type::pointer)).hint, "begin it with `/`");
    for (const char* text : {"/a~b", "/a~", "/~2"})
        EXPECT_EQ(refusal(text, of(Type::pointer)).hint, "write `~` as ~0") << text;
}

TEST(Scalar, AVariableIsANameAndNeverTheKeyItself) {
    expect_taken<std::string>(of(Type::variable), {{"OPENAI_API_KEY", "OPENAI_API_KEY"}, {"_x9", "_x9"}});
    for (const char* text : {"", "9KEY", "sk-abc", "${KEY}", "$KEY", "MY KEY", "KÉY"}) {
        const auto refused = refusal(text, of(Type::variable));
        EXPECT_EQ(refused.what, "is not the name of an environment variable");
        EXPECT_EQ(refused.hint, "write the name alone, without ${…}; the key itself does not belong in this file");
    }
}

TEST(Scalar, ATextIsAnythingButEmpty) {
    expect_taken<std::string>(of(Type::text), {{"a", "a"}, {" ", " "}, {"5", "5"}, {"no", "no"}, {"ä\nb", "ä\nb"}});
    EXPECT_EQ(refusal("", of(Type::text)).what, "is empty");
    EXPECT_EQ(refusal("", of(Type::path)).what, "is empty");
    Shape may_be_empty = of(Type::text);
    may_be_empty.may_be_empty = true;
    expect_taken<std::string>(may_be_empty, {{"", ""}, {"a", "a"}});
}

TEST(Scalar, ALoneTextStandsForAMappingOnlyWhereItMay) {
    Shape shape = of(Type::group);
    EXPECT_FALSE(value("ORG", shape));
    shape.may_be_text = true;
    expect_taken<std::string>(shape, {{"ORG", "ORG"}});
    expect_refused(shape, {""});
}

TEST(Scalar, IsNoMappingAndNoList) {
    for (const Type type : {Type::text_map, Type::schema, Type::list}) {
        for (const char* text : {"", "a", "{}", "[]", "{a: b}"}) EXPECT_FALSE(value(text, of(type))) << text;
    }
}

}  // namespace
}  // namespace prelabel::config
