#include "files/dead_letter_line.hpp"

#include "folder.hpp"

#include <prelabel/files/record_reader.hpp>
#include <prelabel/pipeline/dead_letter.hpp>

#include <string>
#include <utility>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace prelabel::files {
namespace {

using namespace std::string_literals;

/// As the pipeline buries this record of in.jsonl.
std::string buried(std::string value, std::optional<std::string> key = {}) {
    Record record;
    record.origin = {{"in.jsonl", 0}, 17, -1};
    record.origin.line = 18;
    record.key = std::move(key);
    record.value = std::move(value);
    return dead_letter_line(pipeline::make_dead_letter(
        std::move(record), {pipeline::DeadLetterClass::deadline, "late", 3, 0.5}, {"task", "v1", "model"}, {}));
}

std::optional<Record> dug_up(std::string line) {
    if (line.ends_with('\n')) line.pop_back();
    return record_of_dead_letter(line);
}

TEST(DeadLetterLine, GivesTheInputBackByteForByte) {
    for (const auto& value : {R"({"id":"a","text":"x \" \\ \u0041","more":{"n":1.50}})"s, "not JSON"s, ""s, "caf\xE9"s,
                              "\xFF\0\n"s, "\xFF\xFE"s, "\xFF\xFE\xFD"s, "🎉 \x01\x7F"s}) {
        const auto record = dug_up(buried(value, "k"));
        ASSERT_TRUE(record) << value;
        EXPECT_EQ(record->value, value);
        EXPECT_EQ(record->key, "k");
        EXPECT_THAT(record->headers, ::testing::IsEmpty());
    }
}

TEST(DeadLetterLine, KeepsTheNameOfADocumentWithoutAnId) {
    const auto record = dug_up(buried("{\"text\":\"a\"}"));
    ASSERT_TRUE(record);
    EXPECT_EQ(record->key, "in.jsonl:18") << "as its id was when it was read from there";
    const auto twice = dug_up(buried(*record->value, record->key));
    EXPECT_EQ(twice->key, "in.jsonl:18") << "also when it dies again";
}

TEST(DeadLetterLine, IsKnownAlsoAfterOtherToolsHaveWrittenIt) {
    EXPECT_TRUE(
        record_of_dead_letter(R"({ "error": {"class": "deadline", "task_version": "v"}, "source": {"file": "a", )"
                              R"("line": 2, "offset": 1}, "value": "x", "encoding": "utf-8"})"));
}

TEST(DeadLetterLine, IsNoDocumentThatOnlyLooksLikeOne) {
    const auto whole = buried("{\"text\":\"a\"}");
    for (const std::string member : {"class", "task_version", "file", "line", "offset", "value", "encoding"}) {
        auto lacks = whole;
        lacks.replace(lacks.find('"' + member + '"'), member.size() + 2, "\"other\"");
        EXPECT_FALSE(dug_up(lacks)) << member;
    }
    EXPECT_FALSE(dug_up(R"({"error":"a text","text":"b"})"));
    EXPECT_FALSE(dug_up(R"({"text":"\"error\""})"));
    EXPECT_FALSE(dug_up(""));
    EXPECT_FALSE(dug_up("{\"error\""));
}

TEST(DeadLetterLine, IsReadAsTheDocumentThatItIsAbout) {
    const Folder folder;
    const auto path = folder.write("dead.jsonl", buried("{\"text\":\"a\"}") + "{\"text\":\"b\"}\n");
    auto reader = RecordReader::open(path, FileFormat::jsonl);
    ASSERT_TRUE(reader.has_value());
    const auto first = reader->next();
    ASSERT_TRUE(first && *first);
    EXPECT_EQ((*first)->value, "{\"text\":\"a\"}");
    EXPECT_EQ((*first)->key, "in.jsonl:18");
    EXPECT_EQ((*first)->origin.partition.topic, path) << "it was read from there";
    EXPECT_EQ((*first)->origin.offset, 0);
    const auto second = reader->next();
    EXPECT_EQ((*second)->value, "{\"text\":\"b\"}") << "lines of both kinds may stand in one file";
    EXPECT_FALSE((*second)->key);
}

}  // namespace
}  // namespace prelabel::files
