#include "telemetry/shown_text.hpp"

#include <prelabel/base/redaction.hpp>
#include <prelabel/base/utf8.hpp>

#include <string>

#include <gtest/gtest.h>

namespace prelabel::telemetry {
namespace {

TEST(ShownText, IsWhatItWasWhereThatIsWellFormed) {
    for (const std::string text : {"", "plain", "a\nb\t\"", "запись \xE2\x82\xAC \xF0\x9F\x98\x80", "\xEF\xBF\xBD"})
        EXPECT_EQ(shown_text(text), text);
    EXPECT_EQ(shown_text(std::string_view("a\0b", 3)), std::string("a\0b", 3));
}

TEST(ShownText, ReplacesEachByteThatIsNotUtf8) {
    EXPECT_EQ(shown_text("a\xFFz"), "a\xEF\xBF\xBDz");
    EXPECT_EQ(shown_text("\xFF\xFE"), "\xEF\xBF\xBD\xEF\xBF\xBD");
    EXPECT_EQ(shown_text("M\xFCller"), "M\xEF\xBF\xBDller") << "a message in Latin-1";
    EXPECT_EQ(shown_text("cut \xE2\x82"), "cut \xEF\xBF\xBD\xEF\xBF\xBD");
    EXPECT_EQ(shown_text("\xC3\xA9\x80\xC3\xA9"), "\xC3\xA9\xEF\xBF\xBD\xC3\xA9") << "what stands around it is kept";
}

TEST(ShownText, IsUtf8WhateverItWas) {
    for (int first = 0; first < 256; ++first) {
        for (int second = 0; second < 256; ++second) {
            const std::string text{static_cast<char>(first), static_cast<char>(second), '!'};
            const auto shown = shown_text(text);
            EXPECT_FALSE(utf8::first_invalid(shown)) << first << ' ' << second;
            EXPECT_TRUE(shown.ends_with('!'));
        }
    }
}

TEST(ShownText, HasNoSecret) {
    keep_secret("shown-41c09b77", "${SHOWN}");
    EXPECT_EQ(shown_text("wrong key shown-41c09b77\xFF"), "wrong key ${SHOWN}\xEF\xBF\xBD");
}

// A part of a secret may begin in the middle of a letter, and what is left of the letter is not UTF-8.
TEST(ShownText, StaysWellFormedWherePartOfASecretWasCutOut) {
    keep_secret("\xC3\xA9\xC3\xA8\xC3\xA9\xC3\xA8\xC3\xA9-17", "${PART}");
    const auto shown = shown_text("no \xC5\xA9\xC3\xA8\xC3\xA9\xC3\xA8\xC3\xA9-17");
    EXPECT_NE(shown.find("${PART}"), std::string::npos) << shown;
    EXPECT_FALSE(utf8::first_invalid(shown)) << shown;
}

}  // namespace
}  // namespace prelabel::telemetry
