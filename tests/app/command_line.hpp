#pragma once

#include "../files/folder.hpp"
#include "app/commands.hpp"

#include <algorithm>
#include <string>

#include <gtest/gtest.h>

namespace prelabel::app {

/// What a command line comes to: an action, or why it is refused.
struct Parsed {
    Action chosen;
    std::string refused;
};

inline Parsed parsed(const std::string& line) {
    CLI::App cli("", "prelabel");
    cli.require_subcommand(1);
    Parsed out;
    add_commands(cli, out.chosen);
    try {
        cli.parse(line);
    } catch (const CLI::ParseError& error) {
        out.refused = error.what();
    }
    return out;
}

/// What a shell sees of a command.
struct Ended {
    int code = -1;
    std::string out;
    std::string err;
};

inline Ended run(const std::string& line) {
    Ended ended;
    const auto outcome = parsed(line);
    EXPECT_EQ(outcome.refused, "") << line;
    if (!outcome.chosen) return ended;
    testing::internal::CaptureStdout();
    testing::internal::CaptureStderr();
    ended.code = outcome.chosen();
    ended.out = testing::internal::GetCapturedStdout();
    ended.err = testing::internal::GetCapturedStderr();
    return ended;
}

/// A folder with a task and a configuration that names it.
class CommandTest : public ::testing::Test {
protected:
    files::Folder folder;

    CommandTest() {
        folder.write("task.yaml", "name: people\nkind: ner\nlabels: [PER, LOC]\n");
        configure("llm: {model: m}\n");
    }

    /// The configuration: the task, and this.
    void configure(const std::string& yaml) { folder.write("c.yaml", "task: task.yaml\n" + yaml); }
    /// `-c` and the configuration.
    [[nodiscard]] std::string config() const { return " -c " + folder.path("c.yaml"); }
    /// The text without the folder's name.
    [[nodiscard]] std::string without_folder(std::string text) const {
        const std::string prefix = folder.path("");
        for (auto at = text.find(prefix); at != std::string::npos; at = text.find(prefix))
            text.erase(at, prefix.size());
        return text;
    }
    static std::size_t lines(const std::string& text) {
        return static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n'));
    }
};

}  // namespace prelabel::app
