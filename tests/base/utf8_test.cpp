#include <prelabel/base/utf8.hpp>

#include <gtest/gtest.h>

namespace prelabel::utf8 {
namespace {

TEST(Utf8, EveryScalarValueSurvivesEncodingAndDecoding) {
    for (char32_t point = 0; point <= 0x10FFFF; ++point) {
        if (point >= 0xD800 && point <= 0xDFFF) continue;
        std::string text;
        append(point, text);
        ASSERT_EQ(first_invalid(text), std::nullopt) << std::hex << static_cast<unsigned>(point);
        const auto decoded = decode(text, 0);
        ASSERT_EQ(decoded.code_point, point);
        ASSERT_EQ(decoded.bytes, text.size());
        ASSERT_EQ(count_code_points(text), 1U);
    }
}

TEST(Utf8, NamesTheFirstInvalidByte) {
    EXPECT_EQ(first_invalid("plain text, long enough for words"), std::nullopt);
    EXPECT_EQ(first_invalid("abcdefgh\xff"), 8U);
    EXPECT_EQ(first_invalid("\xC0\x80"), 0U) << "overlong";
    EXPECT_EQ(first_invalid("\xE0\x80\x80"), 0U) << "overlong";
    EXPECT_EQ(first_invalid("\xF0\x80\x80\x80"), 0U) << "overlong";
    EXPECT_EQ(first_invalid("\xED\xA0\x80"), 0U) << "surrogate";
    EXPECT_EQ(first_invalid("\xF4\x90\x80\x80"), 0U) << "above U+10FFFF";
    EXPECT_EQ(first_invalid("ab\xF0\x9F\x8E"), 2U) << "truncated";
    EXPECT_EQ(first_invalid("\x80"), 0U) << "a continuation byte alone";
}

}  // namespace
}  // namespace prelabel::utf8
