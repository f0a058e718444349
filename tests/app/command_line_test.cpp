#include "app/command_line.hpp"

#include "app/exit_code.hpp"
#include "command_line.hpp"

#include <prelabel/base/version.hpp>

#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace prelabel::app {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

Ended typed(const std::vector<std::string>& arguments, bool terminal = false) {
    Ended ended;
    testing::internal::CaptureStdout();
    testing::internal::CaptureStderr();
    ended.code = CommandLine().perform(arguments, terminal);
    ended.out = testing::internal::GetCapturedStdout();
    ended.err = testing::internal::GetCapturedStderr();
    return ended;
}

TEST(CommandLine, WithoutArgumentsShowsAPersonTheHelpWithThreeExamples) {
    const auto ended = typed({}, true);
    EXPECT_EQ(ended.code, done);
    EXPECT_EQ(ended.err, "");
    EXPECT_THAT(ended.out, AllOf(HasSubstr("Usage: prelabel"), HasSubstr("Commands:"), HasSubstr("\nExamples:\n")));
    std::size_t examples = 0;
    for (std::size_t at = ended.out.find("\n  prelabel "); at != std::string::npos;
         at = ended.out.find("\n  prelabel ", at + 1))
        ++examples;
    EXPECT_EQ(examples, 3U);
}

TEST(CommandLine, WithoutArgumentsIsWrongUsageForAScript) {
    const auto ended = typed({});
    EXPECT_EQ(ended.code, wrong_usage);
    EXPECT_EQ(ended.out, "");
    EXPECT_THAT(ended.err, HasSubstr("Usage: prelabel"));
}

TEST(CommandLine, EveryExampleOfTheHelpIsTaken) {
    const std::string help = typed({}, true).out;
    for (std::size_t at = help.find("\n  prelabel "); at != std::string::npos;
         at = help.find("\n  prelabel ", at + 1)) {
        const std::size_t from = at + std::string("\n  prelabel ").size();
        std::string line = help.substr(from, help.find('\n', from) - from);
        line = line.substr(0, line.find("  "));  // what it does stands behind
        EXPECT_EQ(parsed(line).refused, "") << line;
    }
}

TEST(CommandLine, HelpAndVersionAreCommandsToo) {
    EXPECT_EQ(typed({"version"}).out, "prelabel " + std::string(program_version) + "\n");
    EXPECT_EQ(typed({"--version"}).out, typed({"version"}).out);
    EXPECT_EQ(typed({"help"}).out, typed({}, true).out);
    EXPECT_EQ(typed({"--help"}).out, typed({"help"}).out);
    const auto label = typed({"help", "label"});
    EXPECT_EQ(label.code, done);
    EXPECT_THAT(label.out,
                AllOf(HasSubstr("Usage: prelabel label"), HasSubstr("--resume"), Not(HasSubstr("Examples"))));
    EXPECT_EQ(typed({"label", "--help"}).out, label.out);
    EXPECT_THAT(label.out,
                AllOf(HasSubstr("--resume [=mixed] "), HasSubstr("--max-cost USD "),
                      HasSubstr("--input-format {jsonl,json,csv,"), HasSubstr("--wait-for-model DURATION=5m ")));
    EXPECT_THAT(typed({"help", "evaluate"}).out, HasSubstr("--errors [=N] "));
}

TEST(CommandLine, SuggestsTheCommandThatWasMeant) {
    for (const auto& arguments : std::vector<std::vector<std::string>>{{"labell", "x"}, {"help", "labell"}}) {
        const auto ended = typed(arguments);
        EXPECT_EQ(ended.code, wrong_usage);
        EXPECT_EQ(ended.err, "prelabel: there is no command \"labell\"; did you mean label?\n");
        EXPECT_EQ(ended.out, "");
    }
    EXPECT_EQ(typed({"frobnicate"}).err, "prelabel: there is no command \"frobnicate\"; prelabel --help lists them\n");
}

TEST(CommandLine, SuggestsTheOptionThatWasMeant) {
    for (const auto& [arguments, sentence] : std::vector<std::pair<std::vector<std::string>, std::string>>{
             {{"label", "in.jsonl", "--outptu", "out"},
              "prelabel label: there is no option --outptu; did you mean --output?\n"},
             {{"label", "in.jsonl", "--dead-letter=x"},
              "prelabel label: there is no option --dead-letter; did you mean --dead-letters?\n"},
             {{"label", "in.jsonl", "--confg", "x"},
              "prelabel label: there is no option --confg; did you mean --config?\n"},
             {{"evaluate", "--golf", "g", "--pred", "p"},
              "prelabel evaluate: there is no option --golf; did you mean --gold?\n"},
             {{"check", "-x"}, "prelabel check: there is no option -x\n"},
             {{"check", "--xyzzy"}, "prelabel check: there is no option --xyzzy\n"},
             {{"--versoin"}, "prelabel: there is no option --versoin; did you mean --version?\n"},
         }) {
        const auto ended = typed(arguments);
        EXPECT_EQ(ended.code, wrong_usage);
        EXPECT_EQ(ended.out, "");
        EXPECT_THAT(ended.err, StartsWith(sentence));
        EXPECT_THAT(ended.err, HasSubstr("--help lists its options"));
    }
}

TEST(CommandLine, SaysWhereAnOptionBelongsThatStandsBeforeTheCommand) {
    const auto ended = typed({"-c", "c.yaml", "label", "in.jsonl"});
    EXPECT_EQ(ended.code, wrong_usage);
    EXPECT_THAT(ended.err, StartsWith("prelabel label: -c stands before the command; write it behind: prelabel label "
                                      "-c …\n"));
}

TEST(CommandLine, SaysInPlainWordsWhatIsWrongWithAValue) {
    for (const auto& [arguments, sentence] : std::vector<std::pair<std::vector<std::string>, std::string>>{
             {{"check", "-c", "a", "-c", "b"}, "prelabel check: --config is given 2 times; give it once\n"},
             {{"check", "-c"}, "prelabel check: --config needs a value (FILE)\n"},
             {{"check", "-c", ""}, "prelabel check: --config: is empty; is a variable of the shell not set?\n"},
             {{"label", ""}, "prelabel label: INPUT: is empty; is a variable of the shell not set?\n"},
             {{"label", "a", "--max-cost", "0"},
              "prelabel label: --max-cost: found \"0\"; expected a number above 0\n"},
             {{"label", "a", "-o", "b.jsonl.gz"},
              "prelabel label: --output: \"b.jsonl.gz\": the output is JSON lines, and no .gz; name it b.jsonl\n"},
             {{"label", "a", "-o", "b.csv"},
              "prelabel label: --output: \"b.csv\": the output is JSON lines, and no .csv; name it b.jsonl\n"},
             {{"evaluate", "--gold", "g", "--pred", "p", "--errors=x"},
              "prelabel evaluate: --errors: found \"x\"; expected a number\n"},
             {{"schema", "--format", "xml"},
              "prelabel schema: --format: found \"xml\"; expected one of avro, features, iceberg, iceberg-json, "
              "jsonschema, sql\n"},
             {{"check", "label"}, "prelabel check: \"label\" is a command too; give one\n"},
             {{"run", "extra"}, "prelabel run: \"extra\" is one word too many\n"},
         }) {
        const auto ended = typed(arguments);
        EXPECT_EQ(ended.code, wrong_usage);
        EXPECT_THAT(ended.err, StartsWith(sentence));
    }
}

TEST(CommandLine, OtherMistakesNameTheCommandToo) {
    EXPECT_THAT(typed({"label"}).err, StartsWith("prelabel label: INPUT is required\n"));
}

}  // namespace
}  // namespace prelabel::app
