#include "files/json_splitter.hpp"
#include "folder.hpp"
#include "reading.hpp"

#include <string>

#include <gmock/gmock.h>

namespace prelabel::files {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class JsonValuesTest : public testing::Test {
protected:
    ReadFile read(std::string_view content, std::size_t bound = 1U << 20) {
        return read_file(folder_.write("a.json", content), FileFormat::json, {.record_bytes_max = bound});
    }
    Folder folder_;
};

TEST_F(JsonValuesTest, TakesTheElementsOfAListByteForByte) {
    const auto file = read("[ {\"text\": \"a\"},\n  {\"text\": \"b ] }\\\" ,\", \"n\": [1, {}]}\n]\n");
    EXPECT_THAT(file.values(), ElementsAre(R"({"text": "a"})", R"({"text": "b ] }\" ,", "n": [1, {}]})"));
    EXPECT_THAT(file.lines(), ElementsAre(1, 2));
    EXPECT_EQ(file.message(), "");
}

TEST_F(JsonValuesTest, TakesOneObjectOrObjectsOneAfterTheOther) {
    EXPECT_THAT(read("{\n\"text\": \"a\"\n}").values(), ElementsAre("{\n\"text\": \"a\"\n}"));
    const auto file = read("\xEF\xBB\xBF{\"n\":1}\n{\"n\":2} {\"n\":3}");
    EXPECT_THAT(file.values(), ElementsAre(R"({"n":1})", R"({"n":2})", R"({"n":3})"));
    EXPECT_THAT(file.lines(), ElementsAre(1, 2, 2));
    EXPECT_THAT(read(" \n ").values(), IsEmpty());
    EXPECT_THAT(read("[]").values(), IsEmpty());
}

TEST_F(JsonValuesTest, HandsOnWhatIsNoObject) {
    EXPECT_THAT(read(R"([1, "two", [3], null])").values(), ElementsAre("1", R"("two")", "[3]", "null"));
    EXPECT_THAT(read("[{]}").values(), ElementsAre("{]"));
}

TEST_F(JsonValuesTest, SaysWhereAListIsNone) {
    const auto missing = read("[{\"n\":1}\n {\"n\":2}]");
    EXPECT_THAT(missing.values(), ElementsAre(R"({"n":1})"));
    EXPECT_THAT(missing.message(), HasSubstr("a.json:2: expected `,` or `]`"));
    EXPECT_EQ(missing.error->fault, Fault::input);
    EXPECT_THAT(read("[{\"n\":1},").message(), HasSubstr("a.json:1: the list is not closed; was the file cut off?"));
    EXPECT_THAT(read("[] {}").message(), HasSubstr("expected nothing behind the list"));
    EXPECT_THAT(read("}").message(), HasSubstr("expected a document"));
    EXPECT_THAT(read(R"([{"text": "cut off)").values(), ElementsAre(R"({"text": "cut off)"));
}

TEST_F(JsonValuesTest, NamesTheLineOfABadByte) {
    const auto file = read("[{\"n\":1},\n{\n\"text\": \"caf\xE9\"}]");
    EXPECT_THAT(file.problem(1), HasSubstr("line 3: byte 0xE9 at column 13 is not UTF-8; it looks like Latin-1"));
    EXPECT_EQ(file.problem(0), "");
}

TEST_F(JsonValuesTest, KeepsTheBeginningOfADocumentBeyondTheBound) {
    const std::string huge = "{\"text\":\"" + std::string(400'000, 'x') + "\"}";
    const auto file = read("[{\"n\":1},\n" + huge + ",\n{\"n\":2}]", 1'000);
    ASSERT_EQ(file.records.size(), 3U);
    EXPECT_EQ(file.records[1].value->size(), 64U << 10);
    EXPECT_EQ(file.problem(1), "the record at line 2 is longer than 1000 bytes");
    EXPECT_EQ(file.records[2].value, R"({"n":2})");
    EXPECT_THAT(file.lines(), ElementsAre(1, 2, 3));
}

TEST_F(JsonValuesTest, MarksWhatItHasReadHoweverTheFileGoesOn) {
    const auto mark = [&](std::string_view content, std::size_t records) {
        auto reader = RecordReader::open(folder_.write("a.json", content), FileFormat::json);
        for (std::size_t i = 0; i < records; ++i) EXPECT_TRUE(reader->next().value().has_value());
        EXPECT_NE(reader->look_ahead(), Ahead::wait);
        return reader->mark();
    };
    const auto before = mark("[{\"n\":1}, {\"n\":2}\n]\n", 2);
    const auto longer = mark("[{\"n\":1}, {\"n\":2}\n, {\"n\":3}]", 2);
    EXPECT_EQ(before.bytes, 17U);
    EXPECT_EQ(before.bytes, longer.bytes);
    EXPECT_EQ(before.digest, longer.digest);
    EXPECT_NE(before.digest, mark("[{\"n\":1}, {\"n\":9}]", 2).digest);
}

// Whatever short text a file holds, it is read to its end or to an error, and pieces make no difference.
TEST_F(JsonValuesTest, AnyShortFileIsReadToItsEnd) {
    const std::string alphabet = "[]{},\"1 ";
    const auto n = alphabet.size();
    for (std::size_t i = 0; i < n * n * n * n * n; ++i) {
        JsonSplitter splitter;
        std::size_t begun = 0;
        std::size_t ended = 0;
        for (auto rest = i, k = std::size_t{0}; k < 5; ++k, rest /= n) {
            const char c = alphabet[rest % n];
            auto found = splitter.feed(c);
            if (found == JsonSplitter::Found::ended) {
                ++ended;
                found = splitter.feed(c);
            }
            if (found == JsonSplitter::Found::wrong) break;
            begun += found == JsonSplitter::Found::begin ? 1 : 0;
            ended += found == JsonSplitter::Found::end ? 1 : 0;
            ASSERT_EQ(begun - ended, splitter.inside() ? 1U : 0U);
        }
    }
}

}  // namespace
}  // namespace prelabel::files
