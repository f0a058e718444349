#include "app/command_table.hpp"

#include "app/command_line.hpp"
#include "app/command_reference.hpp"
#include "app/exit_code.hpp"
#include "app/man_page.hpp"
#include "app/shell_completion.hpp"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace prelabel::app {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

const std::filesystem::path page = std::filesystem::path(PRELABEL_SOURCE_DIR) / "docs/reference/cli.md";

std::string read_file(const std::filesystem::path& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

CommandTable real_table() { return CommandLine().table(); }

const CommandRow& row_of(const CommandTable& table, const std::string& name) {
    for (const auto& row : table.commands)
        if (row.name == name) return row;
    throw std::runtime_error("no command " + name);
}

const CommandWord& option_of(const CommandRow& row, const std::string& name) {
    for (const auto& option : row.options)
        if (std::ranges::find(option.names, name) != option.names.end()) return option;
    throw std::runtime_error("no option " + name);
}

/// What a parser knows that is made by hand.
CommandTable table_of_two_commands() {
    static std::string text;
    static bool flag = false;
    CLI::App cli("It's a [test]: 100 % \\ `x`", "prelabel");
    auto* copy = cli.add_subcommand("copy", "Copies");
    copy->add_option("FILE", text, "What is copied")->required();
    copy->add_option("-t,--to", text, "Where to")->type_name("DIR")->capture_default_str();
    auto* fast = copy->add_flag("--fast", flag, "Hurry");
    copy->add_flag("--slow", flag, "Don't")->excludes(fast);
    copy->add_option("--as", text, "How it's [re]written: a|b")->check(CLI::IsMember({"a", "b"}));
    copy->add_flag("--again", text, "Once more")->check(CLI::IsMember({"true", "all"}))->type_name("[=all]");
    cli.add_subcommand("end", "Ends");
    return command_table(cli);
}

TEST(CommandTable, TellsWhatTheParserTakes) {
    const auto table = table_of_two_commands();
    const auto& copy = row_of(table, "copy");
    ASSERT_EQ(copy.arguments.size(), 1U);
    EXPECT_TRUE(copy.arguments.front().required);
    EXPECT_TRUE(copy.arguments.front().is_file());
    EXPECT_TRUE(option_of(copy, "-t").is_folder());
    EXPECT_THAT(option_of(copy, "--to").names, ElementsAre("-t", "--to"));
    EXPECT_EQ(option_of(copy, "--to").takes, Takes::value);
    EXPECT_EQ(option_of(copy, "--fast").takes, Takes::nothing);
    EXPECT_THAT(option_of(copy, "--slow").not_with, ElementsAre("--fast"));
    EXPECT_THAT(option_of(copy, "--as").choices, ElementsAre("a", "b"));
    EXPECT_EQ(option_of(copy, "--again").takes, Takes::optional_value);
    EXPECT_EQ(option_of(copy, "--again").value, "all");
    EXPECT_THAT(option_of(copy, "--again").choices, ElementsAre("all")) << "and not what stands for no value";
}

TEST(CommandTable, KnowsTheKindsOfValuesOfTheRealCommandLine) {
    const auto table = real_table();
    const auto& label = row_of(table, "label");
    EXPECT_TRUE(option_of(label, "-c").is_file());
    EXPECT_TRUE(label.arguments.front().is_file());
    EXPECT_TRUE(label.arguments.front().repeatable);
    EXPECT_TRUE(option_of(label, "--set").repeatable);
    EXPECT_EQ(option_of(label, "--resume").takes, Takes::optional_value);
    EXPECT_THAT(option_of(label, "--resume").choices, ElementsAre("mixed"));
    EXPECT_TRUE(option_of(row_of(table, "init"), "--dir").is_folder());
    EXPECT_EQ(option_of(row_of(table, "evaluate"), "--errors").takes, Takes::optional_value);
    EXPECT_THAT(option_of(row_of(table, "estimate"), "--format").choices, ElementsAre("json", "table"));
    EXPECT_THAT(row_of(table, "help").arguments.front().choices, ::testing::Contains("label"));
}

TEST(CommandTable, ASentenceSaysTheDefaultOnceAndWhatGoesTogether) {
    const auto table = real_table();
    const auto& label = row_of(table, "label");
    EXPECT_THAT(option_of(label, "--wait-for-model").sentence(), HasSubstr("(default 5m)."));
    EXPECT_THAT(option_of(label, "--limit").sentence(), HasSubstr("; not with --sample."));
    EXPECT_THAT(option_of(label, "--seed").sentence(), HasSubstr("; only with --sample."));
    const auto errors = option_of(row_of(table, "evaluate"), "--errors").sentence();
    EXPECT_EQ(errors.find("(default 20)"), errors.rfind("(default 20)")) << errors;
    EXPECT_EQ(row_of(table, "completion").arguments.front().sentence(),
              "The shell that will read it: bash, fish, zsh.");
}

/// Every command and option is in each of the outputs, as each of them writes it.
TEST(CommandTable, IsWholeInEveryOutput) {
    const auto table = real_table();
    const auto bash = bash_completion(table), zsh = zsh_completion(table), fish = fish_completion(table);
    const auto man = man_page(table), markdown = command_reference(table);
    ASSERT_GT(table.commands.size(), 10U);
    const auto without_escapes = [](std::string text) {
        for (std::size_t at; (at = text.find("\\-")) != std::string::npos;) text.erase(at, 1);
        return text;
    };
    for (const auto& command : table.commands) {
        SCOPED_TRACE(command.name);
        EXPECT_THAT(bash, HasSubstr("\n        " + command.name + ")\n"));
        EXPECT_THAT(zsh, HasSubstr("'" + command.name + ":"));
        EXPECT_THAT(fish, HasSubstr(" -a " + command.name + " -d "));
        EXPECT_THAT(markdown, HasSubstr("\n## prelabel " + command.name + "\n"));
        const auto from = man.find("\n.SS " + command.name + "\n");
        ASSERT_NE(from, std::string::npos);
        const auto section = without_escapes(man.substr(from, man.find("\n.S", from + 1) - from));
        const auto bash_arm = bash.substr(bash.find("\n        " + command.name + ")\n"));
        for (const auto& option : command.options) {
            for (const auto& name : option.names) {
                SCOPED_TRACE(name);
                EXPECT_THAT(section, HasSubstr("\\fB" + name + "\\fR"));
                EXPECT_THAT(bash_arm.substr(0, bash_arm.find('\n', bash_arm.find("names="))), HasSubstr(name));
                EXPECT_THAT(zsh, HasSubstr(name));
                const bool is_long = name.starts_with("--");
                EXPECT_THAT(fish, HasSubstr(std::string(is_long ? " -l " : " -s ") + name.substr(is_long ? 2 : 1)));
                const bool is_help = name == "-h" || name == "--help";  // the page says it once
                EXPECT_THAT(markdown, HasSubstr(is_help ? "`prelabel COMMAND --help`" : "`" + name));
            }
        }
    }
    for (const auto& [code, text] : exit_code_texts) {
        EXPECT_THAT(markdown, HasSubstr("| " + std::to_string(code) + " | " + text));
        EXPECT_THAT(man, HasSubstr("\\fB" + std::to_string(code) + "\\fR"));
    }
}

TEST(CommandTable, IsThePageOfTheDocumentation) {
    const auto expected = command_reference(real_table());
    if (std::getenv("PRELABEL_UPDATE") != nullptr) std::ofstream(page, std::ios::binary) << expected;
    EXPECT_TRUE(read_file(page) == expected) << page
                                             << " has drifted: run this test with PRELABEL_UPDATE=1 and look at the "
                                                "change";
}

TEST(CommandTable, CharactersThatMeanSomethingToAReaderAreEscaped) {
    const auto table = table_of_two_commands();
    EXPECT_THAT(zsh_completion(table), HasSubstr(R"(--as='[How it'\''s \[re\]written: a|b]')"));
    EXPECT_THAT(zsh_completion(table), HasSubstr("'(--slow --fast)'--slow"));
    EXPECT_THAT(fish_completion(table), HasSubstr(R"(-d 'How it\'s [re]written: a|b')"));
    EXPECT_THAT(command_reference(table), HasSubstr("How it's [re]written: a\\|b"));
    EXPECT_THAT(man_page(table), HasSubstr("It's a [test]: 100 % \\e `x`"));
}

TEST(CommandTable, NoTextOfTheManualPageIsTakenForARequest) {
    const std::string filler(74, 'x');
    CLI::App cli("'tis .hidden – " + filler + " .also this", "prelabel");
    const auto text = man_page(command_table(cli));
    EXPECT_THAT(text, HasSubstr("\n\\&'tis .hidden \\[u2013]\n" + filler + "\n\\&.also this\n"));
    EXPECT_THAT(man_page(real_table()), AllOf(HasSubstr("A,B,..."), Not(HasSubstr("\\[u"))))
        << "terminals without UTF-8 do not show these";
}

TEST(Completion, IsPrintedForTheShellThatIsNamed) {
    for (const auto& [shell, sign] :
         std::vector<std::pair<std::string, std::string>>{{"bash", "complete -F _prelabel prelabel\n"},
                                                          {"zsh", "#compdef prelabel\n"},
                                                          {"fish", "complete -c prelabel -f\n"}}) {
        testing::internal::CaptureStdout();
        EXPECT_EQ(CommandLine().perform({"completion", shell}, false), done);
        EXPECT_THAT(testing::internal::GetCapturedStdout(), HasSubstr(sign));
    }
    testing::internal::CaptureStderr();
    EXPECT_EQ(CommandLine().perform({"completion", "tcsh"}, false), wrong_usage);
    EXPECT_THAT(testing::internal::GetCapturedStderr(), HasSubstr("expected one of bash, fish, zsh"));
    testing::internal::CaptureStderr();
    EXPECT_EQ(CommandLine().perform({"completion"}, false), wrong_usage);
    EXPECT_THAT(testing::internal::GetCapturedStderr(), HasSubstr("SHELL is required"));
}

TEST(Man, PrintsTheManualPage) {
    testing::internal::CaptureStdout();
    EXPECT_EQ(CommandLine().perform({"man"}, false), done);
    EXPECT_THAT(testing::internal::GetCapturedStdout(), HasSubstr("\n.TH PRELABEL 1 "));
}

}  // namespace
}  // namespace prelabel::app
