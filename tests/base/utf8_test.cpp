#include <prelabel/base/rng.hpp>
#include <prelabel/base/utf8.hpp>

#include <array>
#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace prelabel::utf8 {
namespace {

/// One row of Unicode 15, table 3-7, "Well-Formed UTF-8 Byte Sequences": how many bytes, and each one's range.
struct Row {
    std::size_t bytes;
    std::array<unsigned char, 4> from;
    std::array<unsigned char, 4> to;
};
constexpr std::array<Row, 9> well_formed{{
    {1, {0x00}, {0x7F}},
    {2, {0xC2, 0x80}, {0xDF, 0xBF}},
    {3, {0xE0, 0xA0, 0x80}, {0xE0, 0xBF, 0xBF}},
    {3, {0xE1, 0x80, 0x80}, {0xEC, 0xBF, 0xBF}},
    {3, {0xED, 0x80, 0x80}, {0xED, 0x9F, 0xBF}},
    {3, {0xEE, 0x80, 0x80}, {0xEF, 0xBF, 0xBF}},
    {4, {0xF0, 0x90, 0x80, 0x80}, {0xF0, 0xBF, 0xBF, 0xBF}},
    {4, {0xF1, 0x80, 0x80, 0x80}, {0xF3, 0xBF, 0xBF, 0xBF}},
    {4, {0xF4, 0x80, 0x80, 0x80}, {0xF4, 0x8F, 0xBF, 0xBF}},
}};

/// Bytes of the sequence at the beginning, by the table alone; 0 when no row fits.
std::size_t by_the_table(std::string_view text) {
    for (const Row& row : well_formed) {
        if (text.size() < row.bytes) continue;
        bool fits = true;
        for (std::size_t i = 0; i < row.bytes; ++i) {
            const auto byte = static_cast<unsigned char>(text[i]);
            fits = fits && byte >= row.from[i] && byte <= row.to[i];
        }
        if (fits) return row.bytes;
    }
    return 0;
}

std::optional<std::size_t> first_invalid_by_the_table(std::string_view text) {
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t length = by_the_table(text.substr(at));
        if (length == 0) return at;
        at += length;
    }
    return std::nullopt;
}

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
    EXPECT_EQ(first_invalid(""), std::nullopt);
    EXPECT_EQ(first_invalid(std::string_view("a\0b", 3)), std::nullopt) << "NUL is a character";
    EXPECT_EQ(first_invalid("\xEF\xBB\xBFtext"), std::nullopt) << "a byte order mark too";
}

// Two bytes decide all but truncation; the third and fourth have one range in every row.
TEST(Utf8, AgreesWithTheTableOfUnicodeForEveryStartOfASequence) {
    constexpr std::array<int, 4> later{0x7F, 0x80, 0xBF, 0xC0};
    for (int first = 0; first < 256; ++first) {
        for (int second = 0; second < 256; ++second) {
            for (const int third : later) {
                for (const int fourth : later) {
                    const std::string text{static_cast<char>(first), static_cast<char>(second),
                                           static_cast<char>(third), static_cast<char>(fourth)};
                    for (std::size_t size = 1; size <= text.size(); ++size) {
                        const auto part = std::string_view(text).substr(0, size);
                        ASSERT_EQ(first_invalid(part), first_invalid_by_the_table(part))
                            << std::hex << first << ' ' << second << ' ' << third << ' ' << fourth << ", " << size;
                    }
                }
            }
        }
    }
}

TEST(Utf8, FindsAWrongByteAtEveryPlaceOfEveryLength) {
    for (std::size_t length = 1; length < 40; ++length) {
        for (std::size_t at = 0; at < length; ++at) {
            std::string text(length, 'x');
            text[at] = '\xFF';
            ASSERT_EQ(first_invalid(text), at) << length;
            text[at] = '\xC3';  // its second byte is an x, or missing
            ASSERT_EQ(first_invalid(text), at) << length;
            if (at + 1 == length) continue;
            text[at + 1] = '\xA9';
            ASSERT_EQ(first_invalid(text), std::nullopt) << "é at " << at << " of " << length;
        }
    }
}

TEST(Utf8, DecodesATextOnePointAfterTheOther) {
    const std::string text = "aé漢🎉\u0301z";
    const std::vector<char32_t> points{U'a', U'é', U'漢', U'🎉', U'\u0301', U'z'};
    const std::vector<std::size_t> sizes{1, 2, 3, 4, 2, 1};
    std::size_t at = 0;
    for (std::size_t i = 0; i < points.size(); ++i) {
        const auto decoded = decode(text, at);
        EXPECT_EQ(decoded.code_point, points[i]) << i;
        EXPECT_EQ(decoded.bytes, sizes[i]) << i;
        at += decoded.bytes;
    }
    EXPECT_EQ(at, text.size());
    EXPECT_EQ(count_code_points(text), points.size());
    EXPECT_EQ(count_code_points(""), 0U);
}

TEST(Utf8, RandomTextsAreValidUntilOneByteIsChanged) {
    Rng rng(19);
    int broken = 0;
    for (int round = 0; round < 20'000; ++round) {
        std::string text;
        const std::size_t points = 1 + rng.below(20);
        for (std::size_t i = 0; i < points; ++i) {
            constexpr std::array<char32_t, 4> limits{0x80, 0x800, 0xD800, 0x110000};
            auto point = static_cast<char32_t>(rng.below(limits[rng.below(limits.size())]));
            if (point >= 0xD800 && point <= 0xDFFF) point = U'?';
            append(point, text);
        }
        ASSERT_EQ(first_invalid(text), std::nullopt);
        ASSERT_EQ(count_code_points(text), points);
        text[rng.below(text.size())] = static_cast<char>(rng.below(256));
        ASSERT_EQ(first_invalid(text), first_invalid_by_the_table(text));
        broken += first_invalid(text) ? 1 : 0;
    }
    EXPECT_GT(broken, 5'000);
}

TEST(Utf8, AppendsBehindWhatIsThere) {
    std::string text = "x";
    append(U'é', text);
    append(U'🎉', text);
    EXPECT_EQ(text, "xé🎉");
}

}  // namespace
}  // namespace prelabel::utf8
