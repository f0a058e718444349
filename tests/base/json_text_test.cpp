#include <prelabel/base/json_text.hpp>
#include <prelabel/base/rng.hpp>

#include <array>
#include <cstdio>

#include <gtest/gtest.h>
#include <rapidjson/document.h>

namespace prelabel {
namespace {

TEST(JsonText, EscapesWhatRfc8259DemandsAndNothingElse) {
    EXPECT_EQ(json_string(""), R"("")");
    EXPECT_EQ(json_string("a\"b\\c/d"), R"("a\"b\\c/d")");
    EXPECT_EQ(json_string("\n\r\t\b\f"), R"("\n\r\t\b\f")");
    EXPECT_EQ(json_string(std::string_view("\x00\x1f\x7f", 3)), "\"\\u0000\\u001f\x7f\"");
    EXPECT_EQ(json_string("Zoë 漢字 🎉"), "\"Zoë 漢字 🎉\"");
}

TEST(JsonText, FindsTheByteToEscapeAtEveryPlaceOfEveryLength) {
    for (std::size_t length = 1; length < 40; ++length) {
        for (std::size_t at = 0; at < length; ++at) {
            for (const char dirty : {'"', '\\', '\n', '\x01'}) {
                std::string text(length, 'x');
                text[at] = dirty;
                const std::string json = json_string(text);
                rapidjson::Document read;
                read.Parse(json.data(), json.size());
                ASSERT_FALSE(read.HasParseError()) << json;
                ASSERT_EQ(std::string(read.GetString(), read.GetStringLength()), text);
            }
        }
    }
}

TEST(JsonText, AnyBytesBelow128ComeBackFromAnIndependentReader) {
    Rng rng(7);
    for (int round = 0; round < 2'000; ++round) {
        std::string text(rng.below(60), ' ');
        for (char& c : text) c = static_cast<char>(rng.below(128));
        const std::string json = json_string(text);
        rapidjson::Document read;
        read.Parse(json.data(), json.size());
        ASSERT_FALSE(read.HasParseError());
        ASSERT_EQ(std::string(read.GetString(), read.GetStringLength()), text);
    }
}

TEST(JsonText, WritesEveryCharacterInTheOneFormThatItHas) {
    for (int c = 0; c < 0x80; ++c) {
        std::string expected(1, static_cast<char>(c));
        switch (c) {
            case '"':
            case '\\':
                expected.insert(0, 1, '\\');
                break;
            case '\b':
                expected = R"(\b)";
                break;
            case '\f':
                expected = R"(\f)";
                break;
            case '\n':
                expected = R"(\n)";
                break;
            case '\r':
                expected = R"(\r)";
                break;
            case '\t':
                expected = R"(\t)";
                break;
            default:
                if (c < 0x20) {
                    std::array<char, 7> escape{};
                    std::snprintf(escape.data(), escape.size(), "\\u%04x", static_cast<unsigned>(c));
                    expected = escape.data();
                }
        }
        EXPECT_EQ(json_string(std::string(1, static_cast<char>(c))), '"' + expected + '"') << c;
    }
}

TEST(JsonText, LeavesCharactersBeyondAsciiAsTheyAre) {
    for (const std::string text :
         {"é", "\u2028 and \u2029", "\u0080", "\uFEFF", "🎉👩‍👩‍👧", "e\u0301", "\x7f"})
        EXPECT_EQ(json_string(text), '"' + text + '"') << "they need no escape in JSON";
}

TEST(JsonText, EscapesRunsAndMixtures) {
    EXPECT_EQ(json_string(std::string(20, '"')).size(), 42U);
    EXPECT_EQ(json_string("\"\"\"\"\"\"\"\"é\\"), R"("\"\"\"\"\"\"\"\"é\\")");
    EXPECT_EQ(json_string("Zoë said: \"漢字\"\n"), R"("Zoë said: \"漢字\"\n")");
    // Bytes whose high bit is set must not be taken for control characters when eight are looked at together.
    EXPECT_EQ(json_string("éééé\u001féééé"), R"("éééé\u001féééé")");
    EXPECT_EQ(json_string("\x1f!\x1f!\x1f!\x1f!"), R"("\u001f!\u001f!\u001f!\u001f!")");
}

TEST(JsonText, AppendsBehindWhatIsThere) {
    std::string out = R"({"a":)";
    append_json_string("b", out);
    append_json_string("", out);
    EXPECT_EQ(out, R"({"a":"b""")");
}

}  // namespace
}  // namespace prelabel
