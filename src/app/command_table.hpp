#pragma once

#include <string>
#include <vector>

#include <CLI/CLI.hpp>

namespace prelabel::app {

/// How an option takes its value.
enum class Takes {
    nothing,
    value,          ///< `--output FILE`, `--output=FILE`
    optional_value  ///< `--resume`, `--resume=mixed`
};

/// An option, or an argument (without `-` before its name).
struct CommandWord {
    std::vector<std::string> names;  ///< `-o`, `--output`
    Takes takes = Takes::nothing;
    std::string value;                 ///< what stands for the value: FILE
    std::vector<std::string> choices;  ///< all values there are; empty: others too
    std::string standard;              ///< the value where none is given
    bool required = false;
    bool repeatable = false;
    std::string text;
    std::vector<std::string> not_with, only_with;

    [[nodiscard]] bool is_file() const { return value == "FILE" || value == "INPUT"; }
    [[nodiscard]] bool is_folder() const { return value == "DIR"; }
    /// `json, table` where these are all values; else what stands for the value.
    [[nodiscard]] std::string value_words(const std::string& between) const;
    /// What it does, what happens without it, and what it goes with.
    [[nodiscard]] std::string sentence() const;
};

struct CommandRow {
    std::string name;
    std::string text;
    std::vector<CommandWord> arguments;
    std::vector<CommandWord> options;
};

/// The command line as data: what completion, manual page and reference are written from.
struct CommandTable {
    std::string text;
    std::vector<CommandWord> options;  ///< without a command
    std::vector<CommandRow> commands;
    std::string footer;  ///< of the help: its examples
};

/// Read from what parses the command line itself, so nothing can be missing.
[[nodiscard]] CommandTable command_table(const CLI::App& cli);

/// The words, with this between them.
[[nodiscard]] std::string joined(const std::vector<std::string>& words, const std::string& between);

}  // namespace prelabel::app
