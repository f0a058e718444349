#include "files/conll_reader.hpp"

#include <string>
#include <vector>

#include <gmock/gmock.h>

namespace prelabel::files {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class ConllReaderTest : public testing::Test {
protected:
    /// The sentence of these lines.
    static Sentence read(ConllReader& reader, const std::vector<std::string>& lines) {
        std::uint64_t number = 0;
        for (const auto& line : lines) EXPECT_FALSE(reader.feed({line, "\n", ++number, false}));
        auto sentence = reader.finish();
        EXPECT_TRUE(sentence);
        return sentence.value_or(Sentence());
    }
};

TEST_F(ConllReaderTest, KeepsOfEachTokenItsPlaceAndItsTagWhereTagsAreWanted) {
    const std::vector<std::string> lines = {"# id = s", "Zoë NNP B-PER", "New York\tB-LOC", "🎉"};
    ConllReader tags("a.conll", 1'000, ConllReader::Keep::tags);
    const auto sentence = read(tags, lines);
    EXPECT_EQ(sentence.text, "Zoë New York 🎉");
    EXPECT_THAT(sentence.tokens, ElementsAre(labeling::Span{0, 3}, labeling::Span{4, 12}, labeling::Span{13, 14}));
    EXPECT_THAT(sentence.tags, ElementsAre("B-PER", "B-LOC", ""));
    EXPECT_EQ(sentence.first_line, 2U);
    ConllReader text("a.conll", 1'000, ConllReader::Keep::text);
    const auto other = read(text, lines);
    EXPECT_EQ(other.text, sentence.text);
    EXPECT_THAT(other.tokens, IsEmpty());
    EXPECT_THAT(other.tags, IsEmpty());
}

TEST_F(ConllReaderTest, TheBoundIsOfWholeLines) {
    const std::string line = "a\t" + std::string(97, 'x');  // 100 bytes with its newline
    for (const auto keep : {ConllReader::Keep::text, ConllReader::Keep::tags}) {
        ConllReader reader("a.conll", 1'000, keep);
        EXPECT_FALSE(read(reader, std::vector(10, line)).too_long);
        const auto sentence = read(reader, std::vector(5'000, line));
        EXPECT_TRUE(sentence.too_long);
        EXPECT_EQ(sentence.problem, "the sentence is longer than 1000 bytes");
        EXPECT_LE(sentence.text.size(), 20U);
        EXPECT_FALSE(read(reader, std::vector(10, line)).too_long) << "the next one is counted from its beginning";
    }
}

}  // namespace
}  // namespace prelabel::files
