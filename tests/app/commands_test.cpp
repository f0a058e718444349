#include "app/exit_code.hpp"
#include "command_line.hpp"

#include <csignal>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace prelabel::app {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

TEST(Commands, TakeWhatTheyAreFor) {
    for (const char* line : {
             "run -c c.yaml",
             "run --config c.yaml",
             "run",
             "label in.jsonl",
             "run -c c.yaml --set a.b=1 --set c=2",
             "label in.jsonl -c c.yaml",
             "label -c c.yaml - -o out.jsonl",
             "label a.csv b.csv --config c.yaml --output out.jsonl --dead-letters dead.jsonl --resume -q",
             "label a.dat -c c.yaml --input-format conll --quiet --set llm.model=m",
             "check -c c.yaml",
             "check -c c.yaml --online",
             "evaluate --gold g.conll --pred p.jsonl",
             "evaluate --gold g --pred p --mode partial --level token --tags bilou --format json --missing-as-empty",
             "produce a.jsonl b.csv -c c.yaml",
             "produce - -c c.yaml --input-format text",
             "health",
             "health -c c.yaml --ready",
             "health --url http://127.0.0.1:9464",
             "schema -c c.yaml",
             "schema -c c.yaml --format avro",
         }) {
        const auto outcome = parsed(line);
        EXPECT_EQ(outcome.refused, "") << line;
        EXPECT_TRUE(outcome.chosen) << line;
    }
}

TEST(Commands, EveryChoiceOfAnOptionIsTaken) {
    const std::vector<std::pair<std::string, std::vector<std::string>>> choices = {
        {"evaluate --gold g --pred p --mode ", {"strict", "exact", "partial", "type"}},
        {"evaluate --gold g --pred p --level ", {"entity", "token"}},
        {"evaluate --gold g --pred p --tags ", {"lenient", "iob1", "iob2", "iobes", "bilou"}},
        {"evaluate --gold g --pred p --format ", {"table", "json", "markdown", "csv"}},
        {"schema -c c --format ", {"jsonschema", "avro", "iceberg", "iceberg-json", "sql", "features"}},
        {"label a -c c --input-format ", {"jsonl", "csv", "text", "conll"}},
        {"produce a -c c --input-format ", {"jsonl", "csv", "text", "conll"}},
    };
    for (const auto& [line, words] : choices) {
        for (const auto& word : words) {
            EXPECT_EQ(parsed(line + word).refused, "") << line << word;
            EXPECT_THAT(parsed(line + "xyzzy").refused, HasSubstr(word)) << "the message lists what is known";
        }
        EXPECT_NE(parsed(line).refused, "") << line;
    }
}

TEST(Commands, RefuseWhatNobodyCanMean) {
    for (const char* line : {
             "",
             "label",
             "run -c",
             "run -c c.yaml extra",
             "run -c c.yaml --online",
             "run -c c.yaml --set",
             "label -c c.yaml",
             "label in.jsonl -c c.yaml --input-format xml",
             "label in.jsonl -c c.yaml --outptu out",
             "check -c c.yaml --offline",
             "evaluate --gold g",
             "evaluate --pred p",
             "evaluate --gold g --pred p --mode Strict",
             "produce -c c.yaml",
             "produce a.jsonl -c c.yaml --resume",
             "schema -c c.yaml --format xml",
             "run -c c.yaml check -c c.yaml",
         }) {
        const auto outcome = parsed(line);
        EXPECT_NE(outcome.refused, "") << line;
    }
    EXPECT_THAT(parsed("evaluate --gold g").refused, HasSubstr("--pred"));
    EXPECT_THAT(parsed("label -c c.yaml").refused, HasSubstr("INPUT"));
}

// `--set` takes one argument each time, so that an input file behind it is not swallowed.
TEST(Commands, AnInputMayStandBehindAnOverride) {
    EXPECT_EQ(parsed("label -c c.yaml --set llm.model=m in.jsonl").refused, "");
}

TEST(Commands, AConfigurationThatCannotBeReadIsWrongUsage) {
    for (const char* line : {"run -c /no/such.yaml", "label a.jsonl -c /no/such.yaml", "check -c /no/such.yaml",
                             "produce a.jsonl -c /no/such.yaml", "schema -c /no/such.yaml"}) {
        const auto outcome = parsed(line);
        ASSERT_TRUE(outcome.chosen) << line;
        testing::internal::CaptureStderr();
        EXPECT_EQ(outcome.chosen(), wrong_usage) << line;
        EXPECT_EQ(testing::internal::GetCapturedStderr(), "/no/such.yaml: cannot be read: No such file or directory\n")
            << line;
    }
}

TEST(Commands, AGoldFileThatCannotBeReadIsWrongUsage) {
    const auto outcome = parsed("evaluate --gold /no/gold.jsonl --pred /no/pred.jsonl");
    testing::internal::CaptureStderr();
    EXPECT_EQ(outcome.chosen(), wrong_usage);
    EXPECT_THAT(testing::internal::GetCapturedStderr(), StartsWith("prelabel: "));
}

TEST(Commands, ExitCodesAreWhatScriptsRelyOn) {
    EXPECT_EQ(done, 0);
    EXPECT_EQ(failed, 1);
    EXPECT_EQ(wrong_usage, 2);
    EXPECT_EQ(some_dead_lettered, 3);
    EXPECT_EQ(model_unusable, 4);
    EXPECT_EQ(interrupted, 128 + SIGINT) << "as a shell says it";
}

}  // namespace
}  // namespace prelabel::app
