#include "app/shell_completion.hpp"

namespace prelabel::app {
namespace {

constexpr const char* head = R"(# Fish completion of prelabel; written by `prelabel completion fish`.
function __prelabel_in --description 'Whether this command was typed; an empty name: none yet'
    set -l words (commandline -opc)
    test "$words[2]" = "$argv[1]"
end
function __prelabel_argument_of --description 'The same, where no value of an option is typed'
    __prelabel_in $argv; and not string match -q -- '-*=*' (commandline -ct)
end
complete -c prelabel -f
)";

std::string quoted(const std::string& text) {
    std::string out;
    for (const char c : text) {
        if (c == '\'' || c == '\\') out += '\\';
        out += c;
    }
    return "'" + out + "'";
}

std::string begin(const std::string& command, const std::string& where = "__prelabel_in") {
    return "complete -c prelabel -n " + quoted(where + " '" + command + "'");
}

std::string offer(const CommandWord& word) {
    if (!word.choices.empty()) return " -a " + quoted(joined(word.choices, " "));
    return word.is_file() ? " -F" : word.is_folder() ? " -a '(__fish_complete_directories)'" : "";
}

std::string lines(const std::string& command, const std::vector<CommandWord>& options) {
    std::string out;
    for (const auto& option : options) {
        out += begin(command);
        for (const auto& name : option.names)
            out += name.starts_with("--") ? " -l " + name.substr(2) : " -s " + name.substr(1);
        if (option.takes == Takes::value) out += option.is_file() ? " -r" : " -x";
        if (option.takes == Takes::optional_value) out += " -f";
        if (option.takes != Takes::nothing) out += offer(option);
        out += " -d " + quoted(option.text) + "\n";
    }
    return out;
}

}  // namespace

std::string fish_completion(const CommandTable& table) {
    std::string text = head + lines("", table.options);
    for (const auto& command : table.commands)
        text += begin("") + " -a " + command.name + " -d " + quoted(command.text) + "\n";
    for (const auto& command : table.commands) {
        for (const auto& argument : command.arguments)
            text += begin(command.name, "__prelabel_argument_of") + offer(argument) + "\n";
        text += lines(command.name, command.options);
    }
    return text;
}

std::string completion_for(Shell shell, const CommandTable& table) {
    switch (shell) {
        case Shell::bash:
            return bash_completion(table);
        case Shell::zsh:
            return zsh_completion(table);
        case Shell::fish:
            break;
    }
    return fish_completion(table);
}

}  // namespace prelabel::app
