#include "folder.hpp"

#include <prelabel/files/labeled_document.hpp>

#include <gmock/gmock.h>

namespace prelabel::files {
namespace {

using evaluation::LabeledSpan;
using evaluation::TagScheme;
using testing::ElementsAre;
using testing::EndsWith;
using testing::HasSubstr;

class LabeledDocumentTest : public testing::Test {
protected:
    LabeledFile read(const std::string& name, std::string_view content, TagScheme scheme = TagScheme::lenient) {
        auto file = read_labeled_file(folder_.write(name, content), scheme);
        EXPECT_TRUE(file.has_value()) << (file ? "" : file.error().message);
        return file ? std::move(*file) : LabeledFile{};
    }
    std::string error(const std::string& name, std::string_view content, TagScheme scheme = TagScheme::lenient) {
        const auto file = read_labeled_file(folder_.write(name, content), scheme);
        EXPECT_TRUE(file.has_error());
        if (file) return {};
        EXPECT_EQ(file.error().fault, Fault::input);
        return file.error().message;
    }
    Folder folder_;
};

TEST_F(LabeledDocumentTest, ConllEntitiesAreCountedInCodePointsOfTheJoinedTokens) {
    const auto file = read("a.conll", "🎉\tO\nZoë\tB-PER\nde\tI-PER\n東京\tB-LOC\n\nx\tO\n");
    ASSERT_EQ(file.documents.size(), 2U);
    EXPECT_TRUE(file.has_tags);
    EXPECT_EQ(file.documents[0].text, "🎉 Zoë de 東京");
    EXPECT_THAT(file.documents[0].entities, ElementsAre(LabeledSpan{"PER", 2, 8}, LabeledSpan{"LOC", 9, 11}));
    EXPECT_EQ(file.documents[0].id, "a.conll:1");
    EXPECT_EQ(file.documents[1].id, "a.conll:6");
    EXPECT_FALSE(file.documents[0].has_own_id);
}

TEST_F(LabeledDocumentTest, ReadsIob1Iob2AndIobes) {
    EXPECT_THAT(read("a.conll", "A I-X\nB B-X\n", TagScheme::iob1).documents[0].entities,
                ElementsAre(LabeledSpan{"X", 0, 1}, LabeledSpan{"X", 2, 3}));
    EXPECT_THAT(read("a.conll", "A B-X\nB I-X\n", TagScheme::iob2).documents[0].entities,
                ElementsAre(LabeledSpan{"X", 0, 3}));
    EXPECT_THAT(read("a.conll", "A B-X\nB E-X\nC S-Y\n", TagScheme::iobes).documents[0].entities,
                ElementsAre(LabeledSpan{"X", 0, 3}, LabeledSpan{"Y", 4, 5}));
}

TEST_F(LabeledDocumentTest, TheLastColumnIsTheTag) {
    EXPECT_THAT(read("a.conll", "Ada NNP B-NP  B-PER \nmet VBD B-VP O\n").documents[0].entities,
                ElementsAre(LabeledSpan{"PER", 0, 3}));
}

TEST_F(LabeledDocumentTest, AWrongTagIsSaidWithItsLine) {
    EXPECT_THAT(error("a.conll", "a\tO\n\nb\tPER\n"),
                HasSubstr("a.conll:3: 'PER' is no tag of the scheme lenient; expected O, or"));
    EXPECT_THAT(error("a.conll", "a\tS-X\n", TagScheme::iob2),
                HasSubstr("a.conll:1: 'S-X' is no tag of the scheme iob2"));
    EXPECT_THAT(error("a.conll", "a\tO\nb\n"), HasSubstr("a.conll:2: has a token but no tag"));
    EXPECT_THAT(error("a.conll", "a\tO\nb\xFF\tO\n"), HasSubstr("a.conll:2: byte 0xFF at column 2 is not UTF-8"));
}

TEST_F(LabeledDocumentTest, JsonlGoldAndOutputRecordsAreReadAlike) {
    const auto file =
        read("a.jsonl",
             "{\"id\":\"d1\",\"text\":\"Ada 🎉\",\"entities\":[{\"label\":\"PER\",\"start\":0,\"end\":3}]}\n\n"
             "{\"id\":7,\"text\":null,\"entities\":[{\"id\":\"e1\",\"label\":\"X\",\"text\":\"?\",\"start\":4,"
             "\"end\":5,\"start_utf8\":4,\"match\":\"exact\"}],\"status\":\"partial\"}\n"
             "{\"text\":\"x\",\"entities\":[]}");
    ASSERT_EQ(file.documents.size(), 3U);
    EXPECT_FALSE(file.has_tags);
    EXPECT_EQ(file.documents[0].id, "d1");
    EXPECT_THAT(file.documents[0].entities, ElementsAre(LabeledSpan{"PER", 0, 3}));
    EXPECT_EQ(file.documents[1].id, "7");
    EXPECT_EQ(file.documents[1].text, std::nullopt);
    EXPECT_EQ(file.documents[2].id, "a.jsonl:4");
}

TEST_F(LabeledDocumentTest, AnUnknownNameIsReadByItsContent) {
    EXPECT_FALSE(read("gold", "\n {\"text\":\"x\",\"entities\":[]}").has_tags);
    EXPECT_TRUE(read("test.annotated", "x\tO\n").has_tags);
    EXPECT_TRUE(read("gold.txt", "x\tO\n").has_tags);
    EXPECT_TRUE(read("nothing", "").documents.empty());
}

TEST_F(LabeledDocumentTest, WhatIsOfNoFormatIsNotTakenForOneOfThem) {
    for (const auto* content : {"task: task.yaml\nllm:\n", "\x7F\x45LF\nbyte \xD0\n", "no tags\n"})
        EXPECT_THAT(
            error("prelabel.yaml", content),
            EndsWith("prelabel.yaml: is neither JSON lines (.jsonl) nor CoNLL whose last column is a tag (.conll)"));
    EXPECT_THAT(error("train.iob1", "x\tO\n\ny\tPER\n"), HasSubstr("train.iob1:3: 'PER' is no tag"));
}

TEST_F(LabeledDocumentTest, AJsonListIsNoRecordALine) {
    const auto file = read_labeled_file(folder_.write("gold.json", "[\n {\"id\": \"a\"}\n]\n"), TagScheme::lenient);
    ASSERT_FALSE(file);
    EXPECT_EQ(file.error().fault, Fault::config);
    EXPECT_TRUE(file.error().message.starts_with(folder_.path("gold.json") + ": is a JSON list; expected one record a "
                                                                             "line: jq -c '.[]' "))
        << file.error().message;
    EXPECT_TRUE(read_labeled_file(folder_.write("brackets", "[ O\nAda B-PER\n] O\n"), TagScheme::lenient));
}

TEST_F(LabeledDocumentTest, ADeadLetterHasItsReasonItsPlaceAndTheTextAsItCame) {
    auto reader = LabeledReader::open(
        folder_.write("x.dead_letters.jsonl",
                      R"({"error":{"class":"malformed_input","message":"/text is missing","task_version":"v"},)"
                      R"("source":{"file":"in.jsonl","line":5,"offset":4},"key":null,"value":"{\"body\":1}",)"
                      R"("encoding":"utf-8","headers":{}})"
                      "\n"),
        TagScheme::lenient);
    ASSERT_TRUE(reader);
    const auto letter = reader->next();
    ASSERT_TRUE(letter && *letter && (*letter)->buried);
    EXPECT_EQ((*letter)->id, "in.jsonl:5");
    EXPECT_EQ((*letter)->buried->reason, "malformed_input");
    EXPECT_EQ((*letter)->buried->message, "/text is missing");
    EXPECT_EQ((*letter)->text, R"({"body":1})");
    EXPECT_FALSE((*letter)->has_entities);
}

TEST_F(LabeledDocumentTest, WrongJsonlIsSaidWithItsLineAndWhatToDo) {
    const auto entity = [](const std::string& json) { return "{\"text\":\"Ada\",\"entities\":[" + json + "]}"; };
    EXPECT_THAT(error("a.jsonl", "{\"text\":\"x\",\"entities\":[]}\nnope\n"),
                HasSubstr("a.jsonl:2: the line is not JSON"));
    EXPECT_THAT(error("a.jsonl", "{\"text\":\"x\"}"), HasSubstr("has no \"entities\" list"));
    EXPECT_THAT(error("a.jsonl", "{\"entities\":[],\"text\":\"a\",\"text\":\"b\"}"),
                HasSubstr("\"text\" stands twice"));
    EXPECT_THAT(error("a.jsonl", "{\"id\":[],\"entities\":[]}"), HasSubstr("\"id\" stands twice or is neither"));
    EXPECT_THAT(error("a.jsonl", "[1]"), HasSubstr("is not a JSON object"));
    EXPECT_THAT(error("a.jsonl", "{\"text\":\"\xFF\",\"entities\":[]}"), HasSubstr("is not UTF-8 at byte 9"));
    EXPECT_THAT(error("a.jsonl", entity("1")), HasSubstr("entity 1 is no object"));
    EXPECT_THAT(error("a.jsonl", entity(R"({"start":0,"end":1})")), HasSubstr("entity 1 has no label"));
    EXPECT_THAT(error("a.jsonl", entity(R"({"label":"X","text":"Ada"})")),
                HasSubstr("entity 1 has no start; expected {"));
    EXPECT_THAT(error("a.jsonl", entity(R"({"label":"X","start":-1,"end":1})")), HasSubstr("entity 1 has no start"));
    EXPECT_THAT(error("a.jsonl", entity(R"({"label":"X","start":2,"end":2})")), HasSubstr("ends where it starts"));
    EXPECT_THAT(error("a.jsonl", entity(R"({"label":"X","start":0,"end":4})")),
                HasSubstr("entity 1 ends at 4, the text has 3 code points; are offsets counted in bytes"));
    EXPECT_THAT(error("a.jsonl", "{\"a\":" + std::string(100'000, '[')), HasSubstr("nested deeper than 128 levels"));
    EXPECT_THAT(error("a.jsonl", std::string("{\"text\":\"x\",\"entities\":[]}\0", 27)), HasSubstr("is not JSON"));
}

TEST_F(LabeledDocumentTest, NoMessageHoldsDocumentText) {
    EXPECT_THAT(error("a.jsonl", "{\"text\":\"secret\",\"entities\":[{\"label\":\"X\",\"start\":9,\"end\":99}]}"),
                testing::Not(HasSubstr("secret")));
    EXPECT_THAT(error("a.jsonl", "{\"text\":\"secret\""), testing::Not(HasSubstr("secret")));
}

TEST_F(LabeledDocumentTest, AMissingFileIsAWrongOption) {
    const auto file = read_labeled_file(folder_.path("none.jsonl"), TagScheme::lenient);
    ASSERT_TRUE(file.has_error());
    EXPECT_EQ(file.error().fault, Fault::config);
}

}  // namespace
}  // namespace prelabel::files
