#include "cpu_time.hpp"
#include "folder.hpp"
#include "reading.hpp"

#include <string>

#include <gmock/gmock.h>

namespace prelabel::files {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class CsvDocumentsTest : public testing::Test {
protected:
    ReadFile read(std::string_view content, const ReadOptions& options = {}, const std::string& name = "t.csv") {
        return read_file(folder_.write(name, content), *format_of(name), options);
    }
    Folder folder_;
};

TEST_F(CsvDocumentsTest, FindsTheDelimiterInTheHeader) {
    const std::string row = R"({"id":"1","text":"a"})";
    for (const char delimiter : {',', ';', '\t', '|'}) {
        const std::string d(1, delimiter);
        EXPECT_THAT(read("id" + d + "text\n1" + d + "a\n").values(), ElementsAre(row)) << delimiter;
    }
    EXPECT_THAT(read("\"a,b,c\";text\nx;y\n", {}).values(), ElementsAre(R"({"id":"t.csv:2","a,b,c":"x","text":"y"})"))
        << "not within quotes";
    EXPECT_THAT(read("\n\nid;text\n1;a,b\n").values(), ElementsAre(R"({"id":"1","text":"a,b"})"));
}

TEST_F(CsvDocumentsTest, TakesTheDelimiterThatIsSaid) {
    EXPECT_THAT(read("text|a;b;c\nx|y\n", {.delimiter = '|'}).values(),
                ElementsAre(R"({"id":"t.csv:2","text":"x","a;b;c":"y"})"));
    EXPECT_THAT(read("text\ta,b,c\nx\ty\n", {}, "t.tsv").values(),
                ElementsAre(R"({"id":"t.tsv:2","text":"x","a,b,c":"y"})"));
}

TEST_F(CsvDocumentsTest, TakesTheTextAndTheIdFromTheirColumns) {
    const auto file = read("ticket,body\n7,hello\n", {.text = "/body", .id = "/ticket"});
    EXPECT_THAT(file.values(), ElementsAre(R"({"ticket":"7","body":"hello"})"));
    EXPECT_EQ(file.message(), "");
    EXPECT_THAT(read("a/b,n\nx,1\n", {.text = "/a~1b"}).values(), ElementsAre(R"({"id":"t.csv:2","a/b":"x","n":"1"})"));
}

TEST_F(CsvDocumentsTest, SaysWhichColumnsThereAreWhereTheTextHasNone) {
    const auto said = [&](std::string_view header, const ReadOptions& options = {}) {
        const auto file = read(std::string(header) + "\nx,y\n", options);
        EXPECT_EQ(file.error->fault, Fault::config);
        return file.message();
    };
    EXPECT_EQ(said("ticket,body"), folder_.path("t.csv") +
                                       ": there is no column \"text\"; columns: ticket, body; which is the text? "
                                       "(input.text: body)");
    EXPECT_THAT(said("Text,body"), HasSubstr("(input.text: Text)"));
    EXPECT_THAT(said("ticket,tetx"), HasSubstr("(input.text: tetx)"));
    EXPECT_THAT(said("x,y"), HasSubstr("(input.text: y)"));
    EXPECT_THAT(said("text,x", {.id = "/ticket"}),
                HasSubstr("there is no column \"ticket\"; columns: text, x; which is the id? (input.id: "));
    EXPECT_THAT(said("text,x", {.text = "/body/text"}),
                HasSubstr("input.text is \"/body/text\", but this file has columns; columns: text, x"));
    EXPECT_THAT(said("a#b"), HasSubstr("fields are read as separated by `,` (--delimiter)"));
}

/// "text" and some more columns, and one row.
std::string wide(std::size_t more) {
    std::string header = "text";
    std::string row = "x";
    for (std::size_t i = 0; i < more; ++i) {
        header += ",column" + std::to_string(i);
        row += ',';
    }
    return header + '\n' + row + '\n';
}

TEST_F(CsvDocumentsTest, ReadsAsManyColumnsAsASpreadsheetHas) {
    EXPECT_EQ(read(wide(16'383)).values().size(), 1U);
    const auto file = read(wide(16'384));
    ASSERT_TRUE(file.error);
    EXPECT_EQ(file.error->fault, Fault::input);
    EXPECT_THAT(
        file.message(),
        HasSubstr("t.csv:1: the header has 16385 columns, more than 16384; does the file begin with a header?"));
}

TEST_F(CsvDocumentsTest, EachColumnOfAHeaderCostsTheSame) {
    const auto seconds = [&](std::size_t more) {
        const auto content = wide(more);
        return cpu_seconds([&] { EXPECT_EQ(read(content).values().size(), 1U); });
    };
    EXPECT_LT(seconds(16'000), 3 * 16 * seconds(1'000));
}

TEST_F(CsvDocumentsTest, NamesSomeOfManyColumns) {
    std::string header = "c0";
    for (int i = 1; i < 70; ++i) header += ",c" + std::to_string(i);
    EXPECT_THAT(read(header + "\n").message(), HasSubstr(", c48, c49, … (70); which is the text? (input.text: c69)"));
}

TEST_F(CsvDocumentsTest, KnowsWhereARowBegins) {
    EXPECT_THAT(read("text\n\"two\nlines\"\n\nthree\n").lines(), ElementsAre(2, 5));
}

TEST_F(CsvDocumentsTest, NamesTheLineOfABadByteInARowOfSeveral) {
    const auto file = read("id,text\n1,\"two\ncaf\xE9\"\n");
    EXPECT_THAT(file.problem(0), HasSubstr("line 3: byte 0xE9 at column 4 is not UTF-8; it looks like Latin-1: iconv"));
}

}  // namespace
}  // namespace prelabel::files
