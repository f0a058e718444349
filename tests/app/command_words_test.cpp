#include "app/command_words.hpp"

#include <array>
#include <cstdio>
#include <memory>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace prelabel::app {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;

TEST(CommandWords, AreThoseThatStartedThisProcess) {
    EXPECT_THAT(words_of_this_process(), Contains(HasSubstr("app_test")));
}

TEST(CommandWords, ArePlainWhereTheShellReadsThemAsTheyAre) {
    EXPECT_EQ(shell_quoted("in-1.jsonl"), "in-1.jsonl");
    EXPECT_EQ(shell_quoted("llm.base_url=http://h:1/v1"), "llm.base_url=http://h:1/v1");
}

TEST(CommandWords, ComeBackFromAShellAsTheyWere) {
    for (const std::string word :
         {"", "a b", "it's", "$HOME", "a*b?", "~", "#no", "a\nb", "''", "\\", "!x", "naïve", "-"}) {
        const std::string command = "printf %s " + shell_quoted(word);
        const std::unique_ptr<FILE, int (*)(FILE*)> shell(::popen(command.c_str(), "r"), ::pclose);
        std::array<char, 64> read{};
        const auto size = std::fread(read.data(), 1, read.size(), shell.get());
        EXPECT_EQ(std::string(read.data(), size), word) << command;
    }
}

TEST(CommandWords, GoOnWithTheSameCommandAndResume) {
    EXPECT_EQ(to_continue({"prelabel", "label", "my file.csv", "-c", "c.yaml"}),
              "prelabel label 'my file.csv' -c c.yaml --resume");
}

TEST(CommandWords, SayItOnlyOnce) {
    for (const std::string word : {"--resume", "--resume=mixed", "--retry-dead-letters=deadline"})
        EXPECT_EQ(to_continue({"prelabel", "label", word, "a"}), "prelabel label " + word + " a");
}

TEST(CommandWords, PutItBeforeTheEndOfTheOptions) {
    EXPECT_EQ(to_continue({"prelabel", "label", "--", "-odd"}), "prelabel label --resume -- -odd");
}

TEST(CommandWords, AreAdviceWhereTheSystemDoesNotTellThem) {
    EXPECT_EQ(to_continue({}), "the same command and --resume");
}

}  // namespace
}  // namespace prelabel::app
