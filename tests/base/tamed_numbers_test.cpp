#include <prelabel/base/rng.hpp>
#include <prelabel/base/tamed_numbers.hpp>

#include <string>

#include <gtest/gtest.h>
#include <rapidjson/document.h>
#include <rapidjson/reader.h>

namespace prelabel {
namespace {

/// What a reader gets to see of a text.
std::string shown(std::string_view text) {
    TamedNumbers stream(text);
    std::string all;
    while (stream.Tell() < text.size()) {
        const char next = stream.Peek();
        EXPECT_EQ(stream.Take(), next) << "what was peeked at is taken";
        all += next;
    }
    EXPECT_EQ(stream.Peek(), '\0');
    EXPECT_EQ(stream.Take(), '\0') << "and nothing behind the end";
    return all;
}

rapidjson::Document read(std::string_view text) {
    TamedNumbers stream(text);
    rapidjson::Document document;
    document.ParseStream<rapidjson::kParseFullPrecisionFlag>(stream);
    return document;
}

TEST(TamedNumbers, ShowNothingOfAnExponentButZero) {
    EXPECT_EQ(shown("1e309"), "1e0");
    EXPECT_EQ(shown("-1.5E+400"), "-1.5E+0");
    EXPECT_EQ(shown("[1e-5,2]"), "[1e-0,2]");
    EXPECT_EQ(shown(R"({"a":1e999999999999,"b":[2e3]})"), R"({"a":1e0,"b":[2e0]})");
}

TEST(TamedNumbers, ShowAtMostThreeHundredDigitsOfARun) {
    const std::string most(number_digits_max, '7');
    EXPECT_EQ(shown(most), most);
    EXPECT_EQ(shown(most + "7"), most);
    EXPECT_EQ(shown('[' + most + most + ",-" + most + "77]"), '[' + most + ",-" + most + ']');
    EXPECT_EQ(shown("0." + most + "77e12"), "0." + most + "e0") << "and goes on behind it";
}

TEST(TamedNumbers, LeaveNumbersInTextAlone) {
    for (const std::string text :
         {R"("1e309")", R"({"1e5":"x 2e400 \" 3e500 \\","y":"9"})", R"("\\")", R"("\"1e309")", R"(["a","1e309"])"})
        EXPECT_EQ(shown(text), text);
    const std::string digits = '"' + std::string(1'000, '9') + '"';
    EXPECT_EQ(shown(digits), digits);
    EXPECT_EQ(shown(R"(["\\",1e309])"), R"(["\\",1e0])") << "an escaped backslash ends no text";
}

TEST(TamedNumbers, LeaveAloneWhatIsNoNumber) {
    for (const std::string text : {"", "{}", "true", "e5", "[false,null]", "1", "-0.5", "12,34", "nonsense 12 e 34"})
        EXPECT_EQ(shown(text), text);
}

TEST(TamedNumbers, LetAReaderReadWhatItWouldRefuse) {
    const std::string text = R"({"a":1e309,"b":"kept","c":[-7,)" + std::string(400, '9') + R"(],"d":true,"e":0.25})";
    rapidjson::Document plain;
    EXPECT_EQ(plain.Parse(text.c_str()).GetParseError(), rapidjson::kParseErrorNumberTooBig);
    const auto tamed = read(text);
    ASSERT_FALSE(tamed.HasParseError());
    EXPECT_TRUE(tamed["a"].IsNumber());
    EXPECT_STREQ(tamed["b"].GetString(), "kept");
    EXPECT_EQ(tamed["c"][0].GetInt(), -7);
    EXPECT_TRUE(tamed["c"][1].IsDouble());
    EXPECT_TRUE(tamed["d"].GetBool());
    EXPECT_EQ(tamed["e"].GetDouble(), 0.25);
}

TEST(TamedNumbers, KeepWhatIsNoJsonFromBecomingIt) {
    for (const char* text : {"{\"a\":1e}", "{\"a\":1e+}", "{\"a\":--1}", "{\"a\":1e5.5}", "{\"a\":.5}", "{\"a\":\"1e5}",
                             "{\"a\":1 2}", "{\"a\":01}"})
        EXPECT_TRUE(read(text).HasParseError()) << text;
}

// Small numbers without an exponent come out as they went in, whatever stands around them.
TEST(TamedNumbers, ChangeNoOrdinaryText) {
    constexpr std::string_view pieces[] = {"{\"k\":", "[",           "]",    "}",  ",", "12", "-3.25", "0",
                                           "\"a b\"", "\"\\\"7e9\"", "true", " e", "E", ":",  "+",     "x1"};
    Rng rng(23);
    for (int round = 0; round < 5'000; ++round) {
        std::string text;
        for (std::uint64_t left = rng.below(12); left > 0; --left) {
            text += pieces[rng.below(std::size(pieces))];
            text += ' ';
        }
        ASSERT_EQ(shown(text), text);
    }
}

}  // namespace
}  // namespace prelabel
