#include "app/exit_code.hpp"
#include "command_line.hpp"

#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidjson/document.h>

namespace prelabel::app {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

using SchemaCommand = CommandTest;

TEST_F(SchemaCommand, PrintsTheSchemaOfTheTasksRecords) {
    const auto ended = run("schema" + config());
    EXPECT_EQ(ended.code, done);
    EXPECT_EQ(ended.err, "");
    rapidjson::Document schema;
    schema.Parse(ended.out.c_str());
    ASSERT_FALSE(schema.HasParseError());
    EXPECT_STREQ(schema["type"].GetString(), "object");
    EXPECT_THAT(ended.out, AllOf(HasSubstr("PER"), HasSubstr("LOC"))) << "the labels are the task's";
}

TEST_F(SchemaCommand, PrintsItForEachKindOfReader) {
    EXPECT_EQ(run("schema" + config() + " --format jsonschema").out, run("schema" + config()).out) << "the default";
    rapidjson::Document avro;
    avro.Parse(run("schema" + config() + " --format avro").out.c_str());
    ASSERT_FALSE(avro.HasParseError());
    EXPECT_STREQ(avro["type"].GetString(), "record");
    for (const char* format : {"sql", "iceberg"})
        EXPECT_THAT(run("schema" + config() + " --format " + format).out, HasSubstr("CREATE TABLE")) << format;
}

TEST_F(SchemaCommand, NeedsATaskAndNothingElse) {
    configure("");
    EXPECT_EQ(run("schema" + config()).code, done) << "neither a model nor Kafka";
    folder.write("task.yaml", "name: people\nkind: ner\nlabels: []\n");
    const auto ended = run("schema" + config());
    EXPECT_EQ(ended.code, wrong_usage);
    EXPECT_EQ(ended.out, "") << "no half of a schema";
    EXPECT_THAT(ended.err, HasSubstr("task.yaml:3:9: labels: has 0 items; expected from 1 to 1000"));
}

TEST_F(SchemaCommand, TellsEveryMistakeWithItsPlace) {
    configure("llm: {limits: {max_in_flight: many}}\nlog: {level: loud}\n");
    const auto ended = run("schema" + config());
    EXPECT_EQ(ended.code, wrong_usage);
    EXPECT_EQ(without_folder(ended.err),
              "c.yaml:2:31: llm.limits.max_in_flight: found \"many\"; expected an integer from 1 to 65536\n"
              "c.yaml:3:14: log.level: found \"loud\"; expected one of debug, info, warning or error\n");
    EXPECT_EQ(run("schema" + config() + " --set llm.limits.max_in_flight=4 --set log.level=info").code, done)
        << "an option wins over the file";
}

class EvaluateCommand : public CommandTest {
protected:
    EvaluateCommand() {
        folder.write("gold.jsonl",
                     "{\"id\": \"a\", \"text\": \"Ada met Bob.\", \"entities\": [{\"label\": \"PER\", \"start\": 0, "
                     "\"end\": 3}, {\"label\": \"PER\", \"start\": 8, \"end\": 11}]}\n"
                     "{\"id\": \"b\", \"text\": \"In Rome.\", \"entities\": [{\"label\": \"LOC\", \"start\": 3, "
                     "\"end\": 7}]}\n");
        folder.write("half.jsonl",
                     "{\"id\": \"a\", \"text\": \"Ada met Bob.\", \"entities\": [{\"label\": \"PER\", \"start\": 0, "
                     "\"end\": 3}]}\n");
    }
    [[nodiscard]] Ended evaluate(const std::string& predicted, const std::string& more = {}) const {
        return run("evaluate --gold " + folder.path("gold.jsonl") + " --pred " + folder.path(predicted) + more);
    }
};

TEST_F(EvaluateCommand, GoldAgainstItselfIsPerfect) {
    const auto ended = evaluate("gold.jsonl", " --format json");
    EXPECT_EQ(ended.code, done) << ended.err;
    EXPECT_EQ(ended.err, "");
    rapidjson::Document report;
    report.Parse(ended.out.c_str());
    ASSERT_FALSE(report.HasParseError());
    EXPECT_EQ(report["micro"]["f1"].GetDouble(), 1);
    EXPECT_EQ(report["documents"].GetInt(), 2);
}

TEST_F(EvaluateCommand, ShowsATableWithEachClass) {
    const auto ended = evaluate("gold.jsonl");
    EXPECT_THAT(ended.out, AllOf(HasSubstr("precision"), HasSubstr("PER"), HasSubstr("LOC"), HasSubstr("micro avg"),
                                 HasSubstr("2 documents, entity level, strict mode")));
}

TEST_F(EvaluateCommand, SaysWhatHasNoCounterpart) {
    auto ended = evaluate("half.jsonl", " --missing-as-empty");
    EXPECT_EQ(ended.code, done) << ended.err;
    EXPECT_THAT(ended.err, HasSubstr("prelabel: 1 gold document has no prediction and counted as empty\n"));
    EXPECT_THAT(ended.out, Not(HasSubstr("gold documents"))) << "a report is for programs too";
    ended = run("evaluate --gold " + folder.path("half.jsonl") + " --pred " + folder.path("gold.jsonl"));
    EXPECT_EQ(ended.code, done) << ended.err;
    EXPECT_THAT(ended.err, HasSubstr("prelabel: 1 prediction has no gold document and was ignored\n"));
}

TEST_F(EvaluateCommand, AMissingPredictionIsNotPassedOverInSilence) {
    const auto ended = evaluate("half.jsonl");
    EXPECT_NE(ended.code, done);
    EXPECT_THAT(ended.err, HasSubstr("prelabel: "));
}

TEST_F(EvaluateCommand, NamesAFileThatCannotBeUsedAndPrintsNoReport) {
    folder.write("broken.jsonl", "{\"id\": \n");
    for (const char* predicted : {"absent.jsonl", "broken.jsonl"}) {
        const auto ended = evaluate(predicted);
        EXPECT_NE(ended.code, done) << predicted;
        EXPECT_EQ(ended.out, "") << predicted;
        EXPECT_THAT(ended.err, HasSubstr(predicted));
    }
}

}  // namespace
}  // namespace prelabel::app
