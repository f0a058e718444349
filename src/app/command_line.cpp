#include "app/command_line.hpp"

#include "app/config_option.hpp"
#include "app/exit_code.hpp"

#include <prelabel/base/nearest.hpp>
#include <prelabel/base/version.hpp>

#include <algorithm>
#include <cerrno>
#include <iostream>
#include <optional>
#include <poll.h>
#include <regex>
#include <system_error>
#include <unistd.h>
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

/// The help, with the types of options in fewer words than the parser's.
class Help final : public CLI::Formatter {
public:
    std::string make_option_opts(const CLI::Option* option) const override {
        std::string all = CLI::Formatter::make_option_opts(option);
        const std::string type = option->get_type_name();
        const auto at = all.find(type);
        if (type.empty() || at == std::string::npos) return all;
        // `[=N]=20`: the text says what stands for no value.
        const std::string standard = type.starts_with("[=") ? "=" + option->get_default_str() : "";
        const bool standard_follows =
            standard.size() > 1 && all.compare(at + type.size(), standard.size(), standard) == 0;
        return all.replace(at, type.size() + (standard_follows ? standard.size() : 0), in_fewer_words(type));
    }

private:
    /// `FORMAT:{csv,json}` is `{csv,json}`, and `USD:POSITIVE` a `USD`.
    static std::string in_fewer_words(const std::string& type) {
        const auto limits = type.find(':');
        if (limits == std::string::npos) return type;
        const bool choices = type.compare(limits, 2, ":{") == 0 && !type.starts_with("[=");
        return choices ? type.substr(limits + 1) : type.substr(0, limits);
    }
};

bool is(const CLI::ParseError& error, CLI::ExitCodes code) { return error.get_exit_code() == static_cast<int>(code); }

/// The first argument that is no option and that nothing takes.
std::optional<std::string> extra_word(const CLI::App& cli) {
    for (const auto& word : cli.remaining(true))
        if (!word.starts_with('-')) return word;
    return std::nullopt;
}

/// The parser's sentence about an option, where it has a plainer one.
std::string in_plain_words(const std::string& said) {
    std::smatch parts;
    if (std::regex_match(said, parts, std::regex("(.+): At Most 1 required but received (.+)")))
        return parts.str(1) + " is given " + parts.str(2) + " times; give it once";
    if (std::regex_match(said, parts, std::regex("(.+): 1 required (.+) missing")))
        return parts.str(1) + " needs a value (" + parts.str(2) + ")";
    if (std::regex_match(said, parts, std::regex("Could not convert: (\\S+) = (.*)")))
        return parts.str(1) + ": found \"" + parts.str(2) + "\"; expected a number";
    if (std::regex_match(said, parts, std::regex("(.+): Value (.*) not in range 0.0+ to \\d{20,}.*")))
        return parts.str(1) + ": found \"" + parts.str(2) + "\"; expected a number above 0";
    if (std::regex_match(said, parts, std::regex("(.+): (.*) not in \\{(.+)\\}")))
        return parts.str(1) + ": found \"" + parts.str(2) + "\"; expected one of " +
               std::regex_replace(parts.str(3), std::regex(","), ", ");
    return said;
}

/// A report that could not be written is a failure; a reader that had enough of it (`| head`) is none.
int when_written(int code) {
    std::cout.flush();
    if (std::cout) return code;
    pollfd reader{STDOUT_FILENO, POLLOUT, 0};
    if (::poll(&reader, 1, 0) > 0 && (static_cast<unsigned>(reader.revents) & POLLERR) != 0) return code;
    // The stream does not keep the reason; what is cut off may end with a line end.
    const auto reason = ::write(STDOUT_FILENO, "\n", 1) < 0 ? ": " + std::system_category().message(errno) : "";
    complain("standard output: writing failed" + reason);
    return code == done ? failed : code;
}

}  // namespace

void add_commands(CLI::App& app, Action& chosen) {
    for (const auto add : {add_init, add_check, add_estimate, add_label, add_show, add_evaluate, add_produce, add_run,
                           add_dlq, add_health, add_schema, add_completion, add_man})
        add(app, chosen);
}

CommandLine::CommandLine()
    : cli_("Labels documents with LLMs at scale: Kafka or files in, pre-annotations out.", "prelabel") {
    cli_.set_version_flag("--version", "prelabel " + std::string(program_version));
    cli_.require_subcommand(1);
    cli_.formatter(std::make_shared<Help>());
    cli_.get_formatter()->column_width(38);
    cli_.get_formatter()->label("SUBCOMMAND", "COMMAND");
    add_commands(cli_, chosen_);
    // Said for the help and for completion; it is read as --help of the command (spell_as_options()).
    cli_.add_subcommand("help", "This help, or that of one command")
        ->add_option_function<std::string>(
            "COMMAND", [](const std::string&) {}, "The command that is explained")
        ->check(CLI::IsMember(names_of(cli_)));
    cli_.add_subcommand("version", "The version of this program");
    for (auto* command : cli_.get_subcommands([](CLI::App*) { return true; })) command->group("Commands");
    cli_.footer(examples);  // last: commands that are added later would have it too
}

int CommandLine::perform(std::vector<std::string> arguments, bool terminal) {
    if (arguments.empty()) {
        (terminal ? std::cout : std::cerr) << cli_.help();
        return when_written(terminal ? done : wrong_usage);
    }
    spell_as_options(arguments);
    if (!arguments.front().starts_with('-') && !knows(arguments.front())) return refuse_command(arguments.front());
    try {
        std::ranges::reverse(arguments);  // as the parser wants them
        cli_.parse(std::move(arguments));
    } catch (const CLI::ParseError& error) {
        return is(error, CLI::ExitCodes::Success) ? when_written(cli_.exit(error)) : refuse(error);
    }
    return when_written(chosen_());
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
        if (std::ranges::find(known, *unknown) != known.end())
            std::cerr << *unknown << " stands before the command; write it behind: " << name << ' ' << *unknown << " …";
        else
            std::cerr << "there is no option " << *unknown << (meant ? "; did you mean " + *meant + "?" : "");
    } else if (const auto word = extra_word(cli_); word && is(error, CLI::ExitCodes::ExtrasError)) {
        std::cerr << '"' << *word << '"' << (knows(*word) ? " is a command too; give one" : " is one word too many");
    } else {
        std::cerr << in_plain_words(error.what());
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
