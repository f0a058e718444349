#include <prelabel/base/printable.hpp>
#include <prelabel/base/utf8.hpp>

#include <string>

#include <gtest/gtest.h>

namespace prelabel {
namespace {

using namespace std::string_literals;

TEST(Printable, LeavesTextOfEveryLanguageAsItIs) {
    for (const std::string text :
         {"", "Ada\n\tLovelace", "東京で会った", "👩‍👩‍👧 e\u0301 ñ", "שלום مرحبا", "\u00A0\uFEFF"})
        EXPECT_EQ(printable(text), text);
}

TEST(Printable, NoControlCharacterReachesTheTerminal) {
    EXPECT_EQ(printable("\x1b[31mred\x1b[0m"), "␛[31mred␛[0m");
    EXPECT_EQ(printable("a\0b"s), "a␀b");
    EXPECT_EQ(printable("bell\a, back\b, delete\x7f"), "bell␇, back␈, delete␡");
    EXPECT_EQ(printable("\u009b31m"), "<U+009B>31m") << "one character that begins a sequence";
    std::string all;
    for (char32_t c = 0; c < 0x100; ++c) utf8::append(c, all);
    for (std::size_t at = 0; at < printable(all).size();) {
        const auto decoded = utf8::decode(printable(all), at);
        const char32_t c = decoded.code_point;
        EXPECT_TRUE(c == '\n' || c == '\t' || (c >= 0x20 && c < 0x7F) || c >= 0xA0) << static_cast<unsigned>(c);
        at += decoded.bytes;
    }
}

TEST(Printable, ACarriageReturnOverwritesNothing) {
    EXPECT_EQ(printable("one\r\ntwo\r\n"), "one\ntwo\n");
    EXPECT_EQ(printable("shown\rhidden"), "shown␍hidden");
    EXPECT_EQ(printable("end\r"), "end␍");
    EXPECT_EQ(printable("\r\r\n"), "␍\n");
}

TEST(Printable, NothingIsShownInAnotherOrderThanItIsStored) {
    EXPECT_EQ(printable("a\u202Eb\u2066c"), "a<U+202E>b<U+2066>c");
    EXPECT_EQ(printable("a\u2028b"), "a<U+2028>b");
}

TEST(Printable, BytesThatAreNotUtf8AreReplacedOneByOne) {
    EXPECT_EQ(printable("caf\xe9 !"), "caf\uFFFD !");
    EXPECT_EQ(printable("\xff\xfe"), "\uFFFD\uFFFD");
    EXPECT_EQ(printable("\xe6\x9d"), "\uFFFD\uFFFD") << "a character that is cut";
}

TEST(Printable, JsonKeepsItsMeaning) {
    EXPECT_EQ(printable_json("{\n\t\"a\": \"東京\x7f\u009b\u202E\"}"), "{\n\t\"a\": \"東京\\u007f\\u009b\\u202e\"}");
}

}  // namespace
}  // namespace prelabel
