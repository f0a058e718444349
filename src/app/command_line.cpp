#include "app/command_line.hpp"

#include "app/exit_code.hpp"

#include <prelabel/base/nearest.hpp>
#include <prelabel/base/version.hpp>

#include <algorithm>
#include <iostream>
#include <optional>
#include <utility>
#include <vector>

namespace prelabel::app {
namespace {

constexpr const char* examples = R"(Examples:
  prelabel init --labels PER,ORG --model gpt-4o-mini --from tickets.csv   a task and a configuration
  prelabel estimate tickets.csv                                           what it will cost; calls nobody
  prelabel label tickets.csv -o labeled.jsonl                             pre-annotations of a file

prelabel help COMMAND tells all about one command.)";

std::vector<std::string> names_of(const CLI::App& cli) {
    std::vector<std::string> names;
    for (const auto* command : cli.get_subcommands([](const CLI::App*) { return true; }))
        names.push_back(command->get_name());
    return names;
}

/// `help`, `help label` and `version` as `--help`, `label --help` and `--version`.
void spell_as_options(std::vector<std::string>& arguments) {
    if (arguments.front() == "version") arguments.front() = "--version";
    if (arguments.front() != "help") return;
    arguments.erase(arguments.begin());
    arguments.insert(arguments.empty() ? arguments.end() : arguments.begin() + 1, "--help");
}

/// `--output`, `-o`, … of a command.
std::vector<std::string> options_of(const CLI::App& command) {
    std::vector<std::string> names;
    for (const auto* option : command.get_options()) {
        for (const auto& name : option->get_lnames()) names.push_back("--" + name);
        for (const auto& name : option->get_snames()) names.push_back("-" + name);
    }
    return names;
}

/// The first argument that looks like an option and is none of the command's.
std::optional<std::string> unknown_option(const CLI::App& cli) {
    for (const auto& word : cli.remaining(true))
        if (word.size() > 1 && word.front() == '-' && word != "--") return word.substr(0, word.find('='));
    return std::nullopt;
}

}  // namespace

void add_commands(CLI::App& app, Action& chosen) {
    for (const auto add :
         {add_init, add_check, add_estimate, add_label, add_show, add_evaluate, add_produce, add_run, add_schema})
        add(app, chosen);
}

CommandLine::CommandLine()
    : cli_("Labels documents with LLMs at scale: Kafka or files in, pre-annotations out.", "prelabel") {
    cli_.set_version_flag("--version", "prelabel " + std::string(program_version));
    cli_.require_subcommand(1);
    cli_.get_formatter()->column_width(38);
    cli_.get_formatter()->label("SUBCOMMAND", "COMMAND");
    add_commands(cli_, chosen_);
    cli_.add_subcommand("help", "This help, or that of one command");
    cli_.add_subcommand("version", "The version of this program");
    for (auto* command : cli_.get_subcommands([](CLI::App*) { return true; })) command->group("Commands");
    cli_.footer(examples);  // last: commands that are added later would have it too
}

int CommandLine::perform(std::vector<std::string> arguments, bool terminal) {
    if (arguments.empty()) {
        (terminal ? std::cout : std::cerr) << cli_.help();
        return terminal ? done : wrong_usage;
    }
    spell_as_options(arguments);
    if (arguments.front().front() != '-' && !knows(arguments.front())) return refuse_command(arguments.front());
    try {
        std::ranges::reverse(arguments);  // as the parser wants them
        cli_.parse(std::move(arguments));
    } catch (const CLI::ParseError& error) {
        const bool asked = error.get_exit_code() == static_cast<int>(CLI::ExitCodes::Success);
        return asked ? cli_.exit(error) : refuse(error);
    }
    return chosen_();
}

bool CommandLine::knows(const std::string& name) const {
    const auto known = names_of(cli_);
    return std::ranges::find(known, name) != known.end();
}

int CommandLine::refuse(const CLI::ParseError& error) const {
    const auto named = cli_.get_subcommands();
    const CLI::App& command = named.empty() ? cli_ : *named.back();
    const std::string name = named.empty() ? "prelabel" : "prelabel " + command.get_name();
    std::cerr << name << ": ";
    if (const auto unknown = unknown_option(cli_)) {
        const auto known = options_of(command);
        const auto meant = unknown->size() > 2 ? nearest(*unknown, known) : std::nullopt;  // one letter is near to all
        std::cerr << "there is no option " << *unknown << (meant ? "; did you mean " + *meant + "?" : "");
    } else {
        std::cerr << error.what();
    }
    std::cerr << '\n' << name << " --help lists its options\n";
    return wrong_usage;
}

int CommandLine::refuse_command(const std::string& name) const {
    const auto meant = nearest(name, names_of(cli_));
    std::cerr << "prelabel: there is no command \"" << name << '"'
              << (meant ? "; did you mean " + *meant + "?" : "; prelabel --help lists them") << '\n';
    return wrong_usage;
}

}  // namespace prelabel::app
