#pragma once

#include "app/command_table.hpp"
#include "app/commands.hpp"

#include <string>
#include <vector>

#include <CLI/CLI.hpp>

namespace prelabel::app {

/// All commands, and what is said about a command line that names none of them, or an option that a command has not.
class CommandLine {
public:
    CommandLine();
    CommandLine(const CommandLine&) = delete;
    CommandLine& operator=(const CommandLine&) = delete;

    /// Performs what was typed and gives the exit code. Help and version go to standard output, all complaints to
    /// standard error. `terminal`: a person reads standard output; without arguments they get the help.
    [[nodiscard]] int perform(std::vector<std::string> arguments, bool terminal);
    /// All of it as data.
    [[nodiscard]] CommandTable table() const { return command_table(cli_); }

private:
    [[nodiscard]] bool knows(const std::string& name) const;
    [[nodiscard]] int refuse(const CLI::ParseError& error) const;
    [[nodiscard]] int refuse_command(const std::string& name) const;

    CLI::App cli_;
    Action chosen_;
};

}  // namespace prelabel::app
