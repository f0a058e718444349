#include "app/shell_completion.hpp"

namespace prelabel::app {
namespace {

constexpr const char* head = R"(# Bash completion of prelabel; written by `prelabel completion bash`.
_prelabel() {
    local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]} command= option= equals= lead=
    local names= argument= value= words=
    COMPREPLY=()
    ((COMP_CWORD == 1)) || command=${COMP_WORDS[1]}
    # Bash makes three words of --option=value, unless COMP_WORDBREAKS has no "=".
    if [[ $word == = ]]; then
        option=$before equals=yes word=
    elif [[ $before == = ]]; then
        option=${COMP_WORDS[COMP_CWORD - 2]} equals=yes
    elif [[ $word == --*=* ]]; then
        option=${word%%=*} equals=yes lead=${word%%=*}= word=${word#*=}
    elif [[ $before == -* ]]; then
        option=$before
    fi
    case $command in
)";

constexpr const char* tail = R"(    esac
    if [[ -z $value ]]; then
        [[ -z $equals ]] || return 0
        if [[ $word == -* ]]; then value=words words=$names; else value=$argument; fi
    fi
    case $value in
        words) mapfile -t COMPREPLY < <(compgen -W "$words" -- "$word") ;;
        files | folders)
            compopt -o filenames 2>/dev/null
            local kind=-f
            [[ $value == files ]] || kind=-d
            mapfile -t COMPREPLY < <(compgen "$kind" -- "$word")
            ;;
    esac
    COMPREPLY=("${COMPREPLY[@]/#/$lead}")
}
complete -F _prelabel prelabel
)";

std::string all_names(const std::vector<CommandWord>& options) {
    std::string names;
    for (const auto& option : options)
        for (const auto& name : option.names) names += (names.empty() ? "" : " ") + name;
    return names;
}

/// What the shell offers for a value.
std::string offer(const CommandWord& word, const std::string& variable) {
    if (!word.choices.empty()) return variable + "=words words='" + joined(word.choices, " ") + "'";
    return variable + (word.is_file() ? "=files" : word.is_folder() ? "=folders" : "=any");
}

/// One arm for all options that offer the same.
std::string arms(const std::vector<CommandWord>& options) {
    std::vector<std::pair<std::string, std::string>> found;  // the offer, the patterns
    for (const auto& option : options) {
        if (option.takes == Takes::nothing) continue;
        std::string what = offer(option, "value");
        if (option.takes == Takes::optional_value) what = "[[ -z $equals ]] || " + what;
        const std::string patterns = joined(option.names, " | ");
        auto arm = found.begin();
        while (arm != found.end() && arm->first != what) ++arm;
        if (arm == found.end())
            found.emplace_back(what, patterns);
        else
            arm->second += " | " + patterns;
    }
    std::string text;
    for (const auto& [what, patterns] : found) text += "                " + patterns + ") " + what + " ;;\n";
    return text.empty() ? "" : "            case $option in\n" + text + "            esac\n";
}

}  // namespace

std::string bash_completion(const CommandTable& table) {
    std::vector<std::string> commands;
    for (const auto& command : table.commands) commands.push_back(command.name);
    std::string text = head;
    text += "        '')\n            names='" + all_names(table.options) + "' argument=words words='" +
            joined(commands, " ") + "'\n            ;;\n";
    for (const auto& command : table.commands) {
        text += "        " + command.name + ")\n            names='" + all_names(command.options) + "'";
        for (const auto& argument : command.arguments) text += ' ' + offer(argument, "argument");
        text += '\n' + arms(command.options) + "            ;;\n";
    }
    return text + tail;
}

}  // namespace prelabel::app
