#include "folder.hpp"

#include <prelabel/base/reader_finding.hpp>
#include <prelabel/base/utf8.hpp>
#include <prelabel/files/record_reader.hpp>

#include <algorithm>
#include <limits>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <rapidjson/document.h>

namespace prelabel::files {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

std::vector<Record> read_all(const std::string& path, FileFormat format, std::size_t bound = 1U << 20) {
    auto reader = RecordReader::open(path, format, {.record_bytes_max = bound});
    EXPECT_TRUE(reader.has_value()) << (reader ? "" : reader.error().message);
    std::vector<Record> records;
    while (reader) {
        auto record = reader->next();
        EXPECT_TRUE(record.has_value()) << (record ? "" : record.error().message);
        if (!record || !*record) break;
        records.push_back(std::move(**record));
    }
    return records;
}

std::vector<std::string> values(const std::vector<Record>& records) {
    std::vector<std::string> out;
    for (const auto& record : records) out.push_back(record.value.value());
    return out;
}

std::string problem(const Record& record) {
    for (const auto& header : record.headers)
        if (header.name == malformed_header || header.name == too_large_header) return header.value.value();
    return {};
}

bool too_large(const Record& record) {
    return std::ranges::any_of(record.headers, [](const auto& header) { return header.name == too_large_header; });
}

std::string text_of(const Record& record) {
    rapidjson::Document json;
    json.Parse(record.value->data(), record.value->size());
    EXPECT_FALSE(json.HasParseError()) << *record.value;
    return json["text"].GetString();
}

class RecordReaderTest : public testing::Test {
protected:
    std::vector<Record> read(const std::string& name, std::string_view content, std::size_t bound = 1U << 20) {
        const auto path = folder_.write(name, content);
        return read_all(path, *format_of(path), bound);
    }
    Folder folder_;
};

// ---- JSONL

TEST_F(RecordReaderTest, JsonlLinesComeByteForByte) {
    const auto records = read("a.jsonl", "{\"text\": \"a\"}\n\n  \n  {\"x\":\"\xFF\"} \r\nnot json");
    EXPECT_THAT(values(records), ElementsAre("{\"text\": \"a\"}", "  {\"x\":\"\xFF\"} ", "not json"));
    EXPECT_EQ(records[1].value->find("\xFF"), 8U) << "also what is not UTF-8";
    EXPECT_THAT(problem(records[1]), HasSubstr("byte 0xFF at column 9 is not UTF-8"));
    EXPECT_EQ(records[2].origin.offset, 2);
    EXPECT_EQ(records[2].origin.line, 5U);
    EXPECT_EQ(records[2].origin.partition, (Partition{folder_.path("a.jsonl"), 0}));
    EXPECT_EQ(records[2].origin.timestamp_ms, -1);
    EXPECT_FALSE(records[2].key.has_value());
}

TEST_F(RecordReaderTest, AByteOrderMarkIsNoPartOfTheFirstLine) {
    EXPECT_THAT(values(read("a.jsonl", "\xEF\xBB\xBF{}\n")), ElementsAre("{}"));
    EXPECT_EQ(text_of(read("a.txt", "\xEF\xBB\xBFhello\n").at(0)), "hello");
    EXPECT_EQ(text_of(read("a.csv", "\xEF\xBB\xBFtext\nhello\n").at(0)), "hello");
    EXPECT_EQ(text_of(read("a.conll", "\xEF\xBB\xBFhello\tO\n").at(0)), "hello");
}

TEST_F(RecordReaderTest, EmptyFilesHoldNothing) {
    for (const auto* name : {"a.jsonl", "a.json", "a.csv", "a.tsv", "a.txt", "a.conll"}) {
        EXPECT_TRUE(read(name, "").empty()) << name;
        EXPECT_TRUE(read(name, "\n\r\n\n").empty()) << name;
    }
}

TEST_F(RecordReaderTest, ALineOf10MiBIsReadWhole) {
    const std::string line = "{\"text\":\"" + std::string(10U << 20, 'x') + "\"}";
    const auto records = read("a.jsonl", "{}\n" + line + "\n{}\n", RecordReader::record_bytes_default);
    ASSERT_EQ(records.size(), 3U);
    EXPECT_EQ(records[1].value, line);
}

TEST_F(RecordReaderTest, ALineBeyondTheBoundIsCutAndItsNeighboursGoOn) {
    const std::string line = "{\"text\":\"" + std::string(10U << 20, 'x') + "\"}";
    const auto records = read("a.jsonl", "{\"n\":1}\n" + line + "\r\n{\"n\":2}\n" + line, 1U << 20);
    ASSERT_EQ(records.size(), 4U);
    EXPECT_EQ(records[1].value->size(), 64U << 10);
    EXPECT_EQ(problem(records[1]), "the record at line 2 is longer than 1048576 bytes");
    EXPECT_TRUE(too_large(records[1]));
    EXPECT_EQ(records[2].value, "{\"n\":2}");
    EXPECT_EQ(problem(records[2]), "");
    EXPECT_NE(problem(records[3]), "");
}

TEST_F(RecordReaderTest, TheBoundItselfIsAllowed) {
    for (const auto* ending : {"\n", "\r\n", ""}) {
        EXPECT_EQ(problem(read("a.jsonl", std::string(100, 'x') + ending, 100).at(0)), "") << ending;
        EXPECT_NE(problem(read("a.jsonl", std::string(103, 'x') + ending, 100).at(0)), "") << ending;
    }
}

// ---- text

TEST_F(RecordReaderTest, EachLineOfTextIsADocument) {
    const auto records = read("notes.txt", "Ada met \"Bob\".\r\n\n\tZoë 🎉\\ \nlast");
    ASSERT_EQ(records.size(), 3U);
    EXPECT_EQ(records[0].value, R"({"id":"notes.txt:1","text":"Ada met \"Bob\"."})");
    EXPECT_EQ(text_of(records[1]), "\tZoë 🎉\\ ");
    EXPECT_EQ(records[2].value, R"({"id":"notes.txt:4","text":"last"})");
}

TEST_F(RecordReaderTest, ALineThatIsNotUtf8IsHandedOnWithItsProblem) {
    const auto records = read("notes.txt",
                              "good\nb\xE4"
                              "d\ngood\n");
    ASSERT_EQ(records.size(), 3U);
    EXPECT_EQ(records[1].value,
              "b\xE4"
              "d");
    EXPECT_EQ(problem(records[1]),
              "byte 0xE4 at column 2 is not UTF-8; it looks like Latin-1: iconv -f LATIN1 -t UTF-8 " +
                  folder_.path("notes.txt") + " > " + folder_.path("notes.utf8.txt"));
    EXPECT_FALSE(too_large(records[1]));
    EXPECT_EQ(text_of(records[2]), "good");
}

// ---- CSV

TEST_F(RecordReaderTest, CsvRowsAreObjectsOfStrings) {
    EXPECT_THAT(values(read("a.csv", "id,text,lang\n7,hello,en\n8,,\n")),
                ElementsAre(R"({"id":"7","text":"hello","lang":"en"})", R"({"id":"8","text":"","lang":""})"));
}

TEST_F(RecordReaderTest, CsvWithoutAnIdGetsTheLine) {
    EXPECT_THAT(values(read("a.csv", "text\n\"two\nlines\"\nthree\n")),
                ElementsAre(R"({"id":"a.csv:2","text":"two\nlines"})", R"({"id":"a.csv:4","text":"three"})"));
}

TEST_F(RecordReaderTest, CsvFieldsMayHoldEverythingInQuotes) {
    const auto records = read("a.csv",
                              "id,text\r\n"
                              "1,\"a,b\"\"c\"\"\r\nd\"\r\n"
                              "2,\"\"\r\n"
                              "3,5\" pipe\r\n"
                              "\"4\",\"end\"");
    ASSERT_EQ(records.size(), 4U);
    EXPECT_EQ(text_of(records[0]), "a,b\"c\"\r\nd");
    EXPECT_EQ(text_of(records[1]), "");
    EXPECT_EQ(text_of(records[2]), "5\" pipe");
    EXPECT_EQ(text_of(records[3]), "end");
}

TEST_F(RecordReaderTest, ACsvRowThatDoesNotFitHarmsNoOther) {
    const auto records = read("a.csv", "id,text\n1\n2,a,b\n3,\"x\"y\n4,\xC3\n5,fine\n\n6,fine\n");
    ASSERT_EQ(records.size(), 6U);
    EXPECT_EQ(problem(records[0]), "the row at line 2 has 1 fields, the header 2");
    EXPECT_EQ(problem(records[1]), "the row at line 3 has 3 fields, the header 2");
    EXPECT_EQ(records[1].value, "2,a,b");
    EXPECT_EQ(problem(records[2]), "the row at line 4 has text after a closing quote");
    EXPECT_THAT(problem(records[3]), HasSubstr("byte 0xC3 at column 3 is not UTF-8"));
    EXPECT_EQ(text_of(records[4]), "fine");
    EXPECT_EQ(text_of(records[5]), "fine");
}

TEST_F(RecordReaderTest, AQuoteThatIsNeverClosedTakesNoMoreThanTheBound) {
    std::string rest;
    for (int i = 0; i < 1000; ++i) rest += std::to_string(i) + ",some text\n";
    const auto open_at_the_end = read("a.csv", "id,text\n1,fine\n2,\"open\n" + rest);
    ASSERT_EQ(open_at_the_end.size(), 2U);
    EXPECT_THAT(problem(open_at_the_end[1]), HasSubstr("a quote opened at line 3 is never closed"));
    EXPECT_FALSE(too_large(open_at_the_end[1]));
    const auto bounded = read("a.csv", "id,text\n1,fine\n2,\"open\n" + rest, 500);
    EXPECT_GT(bounded.size(), 900U);
    EXPECT_THAT(problem(bounded[1]), HasSubstr("longer than 500 bytes; is a quote left open?"));
    EXPECT_TRUE(too_large(bounded[1]));
    EXPECT_EQ(text_of(bounded.back()), "some text");
}

TEST_F(RecordReaderTest, ACsvWithoutAUsableHeaderSaysWhatToDo) {
    const auto header_error = [&](std::string_view content) {
        auto reader = RecordReader::open(folder_.write("a.csv", content), FileFormat::csv);
        const auto record = reader->next();
        EXPECT_TRUE(record.has_error());
        EXPECT_EQ(record.error().fault, Fault::input);
        return record.error().message;
    };
    EXPECT_THAT(header_error("text,text\n"), HasSubstr("names column 'text' twice"));
    EXPECT_THAT(header_error("id,,text\n"), HasSubstr("a column of the header has no name"));
    EXPECT_THAT(header_error("id,\xFF\n"), HasSubstr("not UTF-8"));
}

// ---- CoNLL

TEST_F(RecordReaderTest, ASentenceOfConllIsADocument) {
    const auto records = read("a.conll",
                              "-DOCSTART- -X- O O\n\n"
                              "EU NNP B-ORG\nrejects VBZ O\n\n\n"
                              "# id = s-2\n# text = Zoë!\nZoë NNP B-PER\n! . O\n");
    EXPECT_THAT(values(records),
                ElementsAre(R"({"id":"a.conll:3","text":"EU rejects"})", R"({"id":"s-2","text":"Zoë !"})"));
    EXPECT_EQ(records[1].origin.line, 9U);
}

TEST_F(RecordReaderTest, ConllTokensMayBeHashesAndHoldBlanksBetweenTabs) {
    const auto records = read("a.conll", "# O\nme O\n\n#\tO\nNew York\tB-LOC\r\n\t\r\n # \t O\n");
    ASSERT_EQ(records.size(), 3U);
    EXPECT_EQ(text_of(records[0]), "# me");
    EXPECT_EQ(text_of(records[1]), "# New York");
    EXPECT_EQ(text_of(records[2]), " # ");
}

TEST_F(RecordReaderTest, ConllWithTokensAloneCanBeLabeled) {
    EXPECT_EQ(text_of(read("a.conll", "Hello\nworld\n").at(0)), "Hello world");
}

TEST_F(RecordReaderTest, AConllSentenceThatIsTooLongOrNotUtf8HarmsNoOther) {
    std::string endless;
    for (int i = 0; i < 200; ++i) endless += "token\tO\n";
    const auto records = read("a.conll",
                              endless +
                                  "\nb\xE4"
                                  "d\tO\n\ngood\tO\n",
                              500);
    ASSERT_EQ(records.size(), 3U);
    EXPECT_EQ(problem(records[0]), "the sentence is longer than 500 bytes");
    EXPECT_TRUE(too_large(records[0]));
    EXPECT_FALSE(too_large(records[1]));
    EXPECT_LE(records[0].value->size(), 500U);
    EXPECT_THAT(problem(records[1]), HasSubstr("byte 0xE4 at column 2 is not UTF-8"));
    EXPECT_EQ(text_of(records[2]), "good");
}

// ---- opening

TEST_F(RecordReaderTest, WhatCannotBeReadIsSaidWhenOpening) {
    const auto missing = RecordReader::open(folder_.path("none.jsonl"), FileFormat::jsonl);
    ASSERT_TRUE(missing.has_error());
    EXPECT_EQ(missing.error().fault, Fault::config);
    EXPECT_THAT(missing.error().message, HasSubstr("none.jsonl: cannot be read: No such file"));
    const auto directory = RecordReader::open(folder_.path(""), FileFormat::jsonl);
    ASSERT_TRUE(directory.has_error());
    EXPECT_THAT(directory.error().message, HasSubstr("is a directory"));
}

TEST_F(RecordReaderTest, TheNameTellsTheFormat) {
    EXPECT_EQ(*format_of("x/a.JSONL"), FileFormat::jsonl);
    EXPECT_EQ(*format_of("a.ndjson"), FileFormat::jsonl);
    EXPECT_EQ(*format_of("a.csv"), FileFormat::csv);
    EXPECT_EQ(*format_of("a.json"), FileFormat::json);
    EXPECT_EQ(*format_of("a.tsv.GZ"), FileFormat::tsv);
    EXPECT_EQ(*format_of("a.jsonl.zst"), FileFormat::jsonl);
    EXPECT_EQ(format_of("a.gz").error().fault, Fault::config);
    EXPECT_EQ(*format_of("a.txt"), FileFormat::text);
    EXPECT_EQ(*format_of("a.conll.txt"), FileFormat::conll);
    EXPECT_EQ(*format_of("-"), FileFormat::jsonl);
    EXPECT_EQ(format_of("a.pdf").error().fault, Fault::config);
}

// Whatever bytes a file holds, reading ends, and what is made from text is valid JSON in valid UTF-8.
TEST_F(RecordReaderTest, AnyShortFileIsReadToItsEnd) {
    const std::string alphabet = "\",\n\t# \xC3";
    const auto n = alphabet.size();
    for (std::size_t i = 0; i < n * n * n; ++i) {
        std::string content = "text\n";
        for (auto rest = i, k = std::size_t{0}; k < 3; ++k, rest /= n) content += alphabet[rest % n];
        for (const auto format : enum_values<FileFormat>) {
            if (format == FileFormat::json || format == FileFormat::parquet) continue;  // they have tests of their own
            const auto path = folder_.write("any", content);
            for (const auto& record : read_all(path, format, 100)) {
                if (format == FileFormat::jsonl || !problem(record).empty()) continue;
                ASSERT_FALSE(utf8::first_invalid(*record.value));
                rapidjson::Document json;
                ASSERT_FALSE(json.Parse(record.value->data(), record.value->size()).HasParseError()) << *record.value;
            }
        }
    }
}

}  // namespace
}  // namespace prelabel::files
