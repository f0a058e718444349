#include <prelabel/base/utf8.hpp>
#include <prelabel/evaluation/words.hpp>

#include <string>

#include <gmock/gmock.h>

namespace prelabel::evaluation {
namespace {

/// The words themselves, cut out by code points.
std::vector<std::string> cut(std::string_view text) {
    std::vector<std::string> out;
    for (const auto& span : words(text)) {
        std::string word;
        std::size_t position = 0;
        for (std::size_t at = 0; at < text.size(); ++position) {
            const auto [code_point, bytes] = utf8::decode(text, at);
            if (position >= span.start && position < span.end) utf8::append(code_point, word);
            at += bytes;
        }
        out.push_back(word);
    }
    return out;
}

TEST(Words, SplitsAtWhiteSpaceAndPunctuation) {
    EXPECT_THAT(cut("Ada met\tJean-Luc (twice)."),
                testing::ElementsAre("Ada", "met", "Jean", "-", "Luc", "(", "twice", ")", "."));
}

TEST(Words, KeepsLettersOfAllAlphabetsAndTheirMarksTogether) {
    EXPECT_THAT(cut("Zoe\u0308 Łódź Москва ירושלים हिन्दी"),
                testing::ElementsAre("Zoe\u0308", "Łódź", "Москва", "ירושלים", "हिन्दी"));
}

TEST(Words, TakesCharactersOfScriptsWithoutSpacesOneByOne) {
    EXPECT_THAT(cut("東京へ。"), testing::ElementsAre("東", "京", "へ", "。"));
}

TEST(Words, CountsInCodePointsAfterEmoji) { EXPECT_EQ(words("🎉 Ada"), (std::vector<labeling::Span>{{0, 1}, {2, 5}})); }

TEST(Words, FindsNothingInWhiteSpace) {
    EXPECT_TRUE(words("").empty());
    EXPECT_TRUE(words(" \n\u00A0\u3000\u2028").empty());
}

}  // namespace
}  // namespace prelabel::evaluation
