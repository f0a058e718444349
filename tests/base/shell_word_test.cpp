#include <prelabel/base/shell_word.hpp>

#include <array>
#include <cstdio>
#include <memory>
#include <string>

#include <gtest/gtest.h>

namespace prelabel {
namespace {

TEST(ShellWord, ArePlainWhereTheShellReadsThemAsTheyAre) {
    EXPECT_EQ(shell_quoted("in-1.jsonl"), "in-1.jsonl");
    EXPECT_EQ(shell_quoted("llm.base_url=http://h:1/v1"), "llm.base_url=http://h:1/v1");
}

TEST(ShellWord, ComeBackFromAShellAsTheyWere) {
    for (const std::string word :
         {"", "a b", "it's", "$HOME", "a*b?", "~", "#no", "a\nb", "''", "\\", "!x", "naïve", "-"}) {
        const std::string command = "printf %s " + shell_quoted(word);
        const std::unique_ptr<FILE, int (*)(FILE*)> shell(::popen(command.c_str(), "r"), ::pclose);
        std::array<char, 64> read{};
        const auto size = std::fread(read.data(), 1, read.size(), shell.get());
        EXPECT_EQ(std::string(read.data(), size), word) << command;
    }
}

}  // namespace
}  // namespace prelabel
