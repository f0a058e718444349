#include <prelabel/base/json_text.hpp>
#include <prelabel/base/rng.hpp>

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

}  // namespace
}  // namespace prelabel
