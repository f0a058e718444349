#include <prelabel/base/encoding.hpp>
#include <prelabel/base/utf8.hpp>

#include <string>

#include <gtest/gtest.h>

namespace prelabel {
namespace {

std::string problem(std::string_view line) { return not_utf8(line, utf8::first_invalid(line).value()); }

TEST(Encoding, NamesTheByteItsColumnAndWhatTheLineLooksLike) {
    EXPECT_EQ(problem("caf\xE9 au lait"), "byte 0xE9 at column 4 is not UTF-8; it looks like Latin-1");
    EXPECT_EQ(problem("\x93quoted\x94"), "byte 0x93 at column 1 is not UTF-8; it looks like Windows-1252");
}

TEST(Encoding, DoesNotGuessWhereALineHoldsCharactersOfUtf8) {
    EXPECT_EQ(problem("é caf\xE9"),
              "byte 0xE9 at column 6 is not UTF-8; the text mixes encodings, or was cut inside a character");
    EXPECT_EQ(problem("euro \xE2\x82"),
              "byte 0xE2 at column 6 is not UTF-8; the text mixes encodings, or was cut inside a character");
}

TEST(Encoding, DoesNotTakeABinaryFileForATextOfAnotherEncoding) {
    using namespace std::string_view_literals;
    const auto line =
        "\x7f"
        "ELF\x02\x01\x01\0\0\0\xD0m"sv;
    EXPECT_EQ(problem(line), "byte 0xD0 at column 11 is not UTF-8; it holds control bytes: is this a file of text?");
    EXPECT_EQ(looks_encoded_as(line, utf8::first_invalid(line).value()), "");
}

TEST(Encoding, GivesTheCommandThatConvertsAFile) {
    EXPECT_EQ(conversion("LATIN1", "data/a.csv"), "iconv -f LATIN1 -t UTF-8 data/a.csv > data/a.utf8.csv");
    EXPECT_EQ(conversion("LATIN1", "a.d/notes"), "iconv -f LATIN1 -t UTF-8 a.d/notes > a.d/notes.utf8");
    EXPECT_EQ(conversion("CP1252", "it's.txt"), "iconv -f CP1252 -t UTF-8 'it'\\''s.txt' > 'it'\\''s.utf8.txt'");
    EXPECT_EQ(conversion("UTF-16", "-"), "iconv -f UTF-16 -t UTF-8");
}

TEST(Encoding, KnowsUtf16WithAndWithoutItsMark) {
    EXPECT_EQ(wide_encoding({"\xFF\xFE"
                             "a\0",
                             4}),
              "UTF-16");
    EXPECT_EQ(wide_encoding({"\xFE\xFF\0a", 4}), "UTF-16");
    EXPECT_EQ(wide_encoding({"a\0b\0", 4}), "UTF-16LE");
    EXPECT_EQ(wide_encoding({"\0a\0b", 4}), "UTF-16BE");
    for (const std::string_view text : {std::string_view("text"), std::string_view(""), std::string_view("a\0bc", 4)})
        EXPECT_EQ(wide_encoding(text), std::nullopt);
}

}  // namespace
}  // namespace prelabel
