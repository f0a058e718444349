#include "app/command_words.hpp"

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
