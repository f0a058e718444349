#include "app/command_reference.hpp"

#include "app/exit_code.hpp"

#include <algorithm>

namespace prelabel::app {
namespace {

constexpr const char* head = R"(# Command line

<!-- Generated from the table that the parser uses. Do not edit: run the tests with PRELABEL_UPDATE=1. -->

`prelabel man` prints this page for a terminal, `prelabel COMMAND --help` a part of it, and `prelabel completion SHELL` makes
the shell complete it. `-o FILE` and `--output FILE` may be written `--output=FILE`; a value in brackets needs the `=`.
)";

/// In a cell of a table.
std::string cell(std::string text) {
    for (std::size_t at = 0; (at = text.find('|', at)) != std::string::npos; at += 2) text.insert(at, "\\");
    return text;
}

std::string term(const CommandWord& word) {
    const std::string value = word.value_words("|");
    std::string out;
    for (const auto& name : word.names) out += (out.empty() ? "`" : "`, `") + name;
    if (word.takes == Takes::optional_value) out += "[=" + value + "]";
    if (word.takes == Takes::value && word.names.front().starts_with('-')) out += " " + value;
    return cell(out + "`");
}

std::string row(const CommandWord& word) {
    return "| " + term(word) + " | " + cell((word.required ? "Required. " : "") + word.sentence()) + " |\n";
}

std::string rows(const std::vector<CommandWord>& arguments, const std::vector<CommandWord>& options) {
    const auto is_help = [](const CommandWord& word) { return word.names.back() == "--help"; };
    if (arguments.empty() && std::ranges::all_of(options, is_help)) return "";
    std::string out = "\n| option | what it does |\n|---|---|\n";
    for (const auto& argument : arguments) out += row(argument);
    for (const auto& option : options)
        if (!is_help(option)) out += row(option);
    return out;
}

}  // namespace

std::string command_reference(const CommandTable& table) {
    std::string out = head + rows({}, table.options);
    for (const auto& command : table.commands)
        out +=
            "\n## prelabel " + command.name + "\n\n" + command.text + ".\n" + rows(command.arguments, command.options);
    out += "\n## Exit codes\n\n| code | means |\n|---|---|\n";
    for (const auto& [code, text] : exit_code_texts) out += "| " + std::to_string(code) + " | " + text + " |\n";
    return out + "\n[Signals and exit codes](../operations.md#signals-and-exit-codes) says more of each.\n";
}

}  // namespace prelabel::app
