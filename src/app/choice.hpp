#pragma once

#include <map>
#include <string>

#include <CLI/CLI.hpp>

namespace prelabel::app {

/// An option whose value is one of a few words. `words` outlives the parse; `target` holds the default.
template <class T>
void add_choice(CLI::App& command, const std::string& name, T& target, const std::map<std::string, T>& words,
                const std::string& text) {
    command
        .add_option_function<std::string>(
            name, [&target, &words](const std::string& word) { target = words.at(word); }, text)
        ->check(CLI::IsMember(words));
}

}  // namespace prelabel::app
