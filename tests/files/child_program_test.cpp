#include "files/child_program.hpp"

#include "folder.hpp"

#include <array>
#include <csignal>
#include <fcntl.h>
#include <string>
#include <unistd.h>

#include <gtest/gtest.h>

namespace prelabel::files {
namespace {

std::unique_ptr<ChildProgram> start(const std::string& script) {
    const int null = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
    auto child = ChildProgram::start({"/bin/sh", "-c", script}, null);
    ::close(null);
    EXPECT_TRUE(child) << (child ? "" : child.error().message);
    return child ? std::move(*child) : nullptr;
}

/// All of its output.
std::string read_all(ChildProgram& child) {
    const int output = child.take_output();
    std::string all;
    std::array<char, 4096> chunk{};
    for (ssize_t count = 0; (count = ::read(output, chunk.data(), chunk.size())) > 0;)
        all.append(chunk.data(), static_cast<std::size_t>(count));
    ::close(output);
    return all;
}

bool goes_on(pid_t process) { return ::kill(process, 0) == 0; }

TEST(ChildProgram, GivesWhatItWritesAndHowItEnded) {
    auto child = start("echo one; echo trouble >&2; exit 3");
    EXPECT_EQ(read_all(*child), "one\n");
    const auto end = child->finish();
    EXPECT_EQ(end.code, 3);
    EXPECT_EQ(end.signal, 0);
    EXPECT_EQ(end.said, "trouble\n");
    EXPECT_FALSE(end.good());
    auto good = start("true");
    EXPECT_EQ(read_all(*good), "");
    EXPECT_TRUE(good->finish().good());
}

TEST(ChildProgram, SaysWhichSignalEndedIt) {
    auto child = start("kill -9 $$");
    EXPECT_EQ(read_all(*child), "");
    EXPECT_EQ(child->finish().signal, SIGKILL);
}

TEST(ChildProgram, ReadsTheFileThatItIsGiven) {
    const Folder folder;
    const int file = ::open(folder.write("in", "its content").c_str(), O_RDONLY | O_CLOEXEC);
    auto child = ChildProgram::start({"/bin/cat", "/dev/fd/0"}, file);
    ::close(file);
    ASSERT_TRUE(child);
    EXPECT_EQ(read_all(**child), "its content");
    EXPECT_TRUE((*child)->finish().good());
}

TEST(ChildProgram, IsSaidNotToBeThere) {
    const auto child = ChildProgram::start({"no-such-program-anywhere"}, STDIN_FILENO);
    ASSERT_FALSE(child);
    EXPECT_EQ(child.error().fault, Fault::config);
    EXPECT_EQ(child.error().message, "no-such-program-anywhere: No such file or directory");
}

TEST(ChildProgram, SaysAsMuchAsItWantsWithoutWaitingForAReader) {
    auto child = start("head -c 1000000 /dev/zero >&2; echo done");
    EXPECT_EQ(read_all(*child), "done\n");
    const auto end = child->finish();
    EXPECT_TRUE(end.good());
    EXPECT_EQ(end.said.size(), 4'096U);
}

// What it has started is killed with it: a wrapper must not leave the program behind that it wraps.
TEST(ChildProgram, EndsWithItsOwner) {
    auto child = start("sleep 1000 & echo $$ $!; wait");
    const int output = child->take_output();
    std::string line;
    for (char c = 0; ::read(output, &c, 1) == 1 && c != '\n';) line += c;
    const auto blank = line.find(' ');
    const auto shell = static_cast<pid_t>(std::stoi(line));
    const auto sleeper = static_cast<pid_t>(std::stoi(line.substr(blank + 1)));
    EXPECT_NE(::getpgid(shell), ::getpgrp()) << "Ctrl-C would end it";
    EXPECT_TRUE(goes_on(shell) && goes_on(sleeper));
    child.reset();
    EXPECT_FALSE(goes_on(shell));
    // The pipe's other end is closed when the last of them is gone.
    char c = 0;
    EXPECT_EQ(::read(output, &c, 1), 0);
    ::close(output);
}

TEST(ChildProgram, IsKilledWhereItDoesNotEndAfterItsOutput) {
    auto child = start("exec >&-; sleep 1000");
    EXPECT_EQ(read_all(*child), "");
    EXPECT_EQ(child->finish().signal, SIGKILL);
}

}  // namespace
}  // namespace prelabel::files
