#include "app/shell_completion.hpp"

#include <string_view>

namespace prelabel::app {
namespace {

constexpr const char* head = R"(#compdef prelabel
# Zsh completion of prelabel; written by `prelabel completion zsh`.
_prelabel() {
    local curcontext=$curcontext state line
    typeset -A opt_args
    _arguments -C \
)";

constexpr const char* tail = R"(            esac
            ;;
    esac
}
# Read by `source` it has to be made known; from a folder of $fpath it is run as the function itself.
if [[ ${funcstack[1]} == _prelabel ]]; then
    _prelabel "$@"
else
    compdef _prelabel prelabel
fi
)";

/// In quotes, with a backslash before these characters, which mean something there.
std::string quoted(const std::string& text, std::string_view special = "") {
    std::string out;
    for (const char c : text) {
        if (special.find(c) != std::string_view::npos) out += '\\';
        out += c == '\'' ? "'\\''" : std::string(1, c);
    }
    return "'" + out + "'";
}

/// `:FILE:_files`
std::string offer(const CommandWord& word) {
    const std::string what = !word.choices.empty() ? "(" + joined(word.choices, " ") + ")"
                             : word.is_file()      ? "_files"
                             : word.is_folder()    ? "_files -/"
                                                   : " ";
    std::string value;
    for (const char c : word.value) value += c == ':' ? std::string("\\:") : std::string(1, c);
    return ":" + value + ":" + what;
}

/// '(-c --config)'{-c+,--config=}'[text]:FILE:_files'
std::string spec(const CommandWord& option, const std::string& only) {
    std::string out;
    if (!only.empty())
        out += quoted(only);
    else if (option.repeatable)
        out += "'*'";
    else if (option.names.size() > 1 || !option.not_with.empty())
        out += quoted("(" + joined(option.names, " ") +
                      (option.not_with.empty() ? "" : " " + joined(option.not_with, " ")) + ")");
    std::vector<std::string> names;
    for (const auto& name : option.names) {
        const char* sign = option.takes == Takes::nothing          ? ""
                           : option.takes == Takes::optional_value ? "=-"
                           : name.starts_with("--")                ? "="
                                                                   : "+";
        names.push_back(name + sign);
    }
    out += names.size() == 1 ? names.front() : "{" + joined(names, ",") + "}";
    out += quoted("[" + option.text + "]", "");
    if (option.takes != Takes::nothing)
        out += quoted((option.takes == Takes::optional_value ? ":" : "") + offer(option));
    return out;
}

std::string escaped_brackets(std::string text) {
    for (std::size_t at = 0; (at = text.find_first_of("[]\\", at)) != std::string::npos; at += 2) text.insert(at, "\\");
    return text;
}

std::string specs(const std::vector<CommandWord>& options, const std::string& indent) {
    std::string out;
    for (auto option : options) {
        option.text = escaped_brackets(option.text);
        const bool ends = option.names.back() == "--help" || option.names.back() == "--version";
        out += (out.empty() ? "" : " \\\n") + indent + spec(option, ends ? "(- *)" : "");
    }
    return out;
}

}  // namespace

std::string zsh_completion(const CommandTable& table) {
    const std::string in = "        ";
    std::string text = head + specs(table.options, in) + " \\\n" + in + "'1: :->command' '*:: :->arguments'\n";
    text += "    case $state in\n" + in + "command)\n" + in + "    local -a commands=(\n";
    for (const auto& command : table.commands) text += in + in + quoted(command.name + ":" + command.text, "\\") + "\n";
    text += in + "    )\n" + in + "    _describe -t commands command commands\n" + in + "    ;;\n";
    text += in + "arguments)\n" + in + "    case $words[1] in\n";
    for (const auto& command : table.commands) {
        text += in + in + command.name + ")\n" + in + in + "    _arguments -s -S";
        text += " \\\n" + specs(command.options, in + in + in);
        for (const auto& argument : command.arguments)
            text += " \\\n" + in + in + in + quoted((argument.repeatable ? "*" : "1") + offer(argument));
        text += "\n" + in + in + "    ;;\n";
    }
    return text + tail;
}

}  // namespace prelabel::app
