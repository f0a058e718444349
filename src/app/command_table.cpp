#include "app/command_table.hpp"

#include "app/dead_letter_classes.hpp"

#include <algorithm>
#include <set>
#include <sstream>

namespace prelabel::app {
namespace {

/// The parser writes a type as `FORMAT:{csv,json}`, with what limits the value behind the colon.
std::vector<std::string> choices_of(const std::string& type) {
    const auto from = type.find(":{");
    if (from == std::string::npos || !type.ends_with('}')) return {};
    std::istringstream list(type.substr(from + 2, type.size() - from - 3));
    std::vector<std::string> words;
    for (std::string word; std::getline(list, word, ',');)
        if (word != without_value) words.push_back(word);
    return words;
}

std::vector<std::string> sorted_names(const std::set<CLI::Option*>& options) {
    std::vector<std::string> names;
    for (const auto* option : options) names.push_back(option->get_name());
    std::ranges::sort(names);
    return names;
}

CommandWord word_of(const CLI::Option& option) {
    CommandWord word;
    const std::string type = option.get_type_name();
    word.choices = choices_of(type);
    word.value = type.substr(0, type.find(':'));
    if (word.value.starts_with("[=")) {
        word.takes = Takes::optional_value;
        word.value = word.value.substr(2, word.value.size() - 3);
    } else if (option.get_items_expected_max() > 0) {
        word.takes = Takes::value;
    }
    if (option.get_positional()) {
        word.names = {option.get_name(true)};
        word.value = word.names.front();
    }
    for (const auto& name : option.get_snames()) word.names.push_back("-" + name);
    for (const auto& name : option.get_lnames()) word.names.push_back("--" + name);
    word.standard = option.get_default_str();
    word.required = option.get_required();
    word.repeatable = option.get_expected_max() > 1;
    word.text = option.get_description();
    word.not_with = sorted_names(option.get_excludes());
    word.only_with = sorted_names(option.get_needs());
    return word;
}

void add_words(const CLI::App& command, std::vector<CommandWord>& options, std::vector<CommandWord>* arguments) {
    for (const auto* option : command.get_options()) {
        if (option->nonpositional())
            options.push_back(word_of(*option));
        else if (arguments != nullptr)
            arguments->push_back(word_of(*option));
    }
}

}  // namespace

std::string joined(const std::vector<std::string>& words, const std::string& between) {
    std::string text;
    for (const auto& word : words) text += (text.empty() ? "" : between) + word;
    return text;
}

std::string CommandWord::value_words(const std::string& between) const {
    return choices.empty() ? value : joined(choices, between);
}

std::string CommandWord::sentence() const {
    std::string out = text;
    if (!standard.empty() && text.find("default") == std::string::npos) out += " (default " + standard + ")";
    if (!not_with.empty()) out += "; not with " + joined(not_with, ", ");
    if (!only_with.empty()) out += "; only with " + joined(only_with, ", ");
    if (!choices.empty() && !names.front().starts_with('-')) out += ": " + joined(choices, ", ");
    return out + ".";
}

CommandTable command_table(const CLI::App& cli) {
    CommandTable table{cli.get_description(), {}, {}, cli.get_footer()};
    add_words(cli, table.options, nullptr);
    for (const auto* command : cli.get_subcommands([](const CLI::App*) { return true; })) {
        CommandRow row{command->get_name(), command->get_description(), {}, {}};
        add_words(*command, row.options, &row.arguments);
        table.commands.push_back(std::move(row));
    }
    return table;
}

}  // namespace prelabel::app
