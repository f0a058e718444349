#pragma once

#include <prelabel/base/enum_names.hpp>

#include <set>
#include <string>

#include <CLI/CLI.hpp>

namespace prelabel::app {

/// An option whose value is one of an enumeration's names, listed in alphabetical order; `target` holds the default.
template <NamedEnum E>
void add_choice(CLI::App& command, const std::string& name, E& target, const std::string& text) {
    const auto words = enum_words<E>();
    command
        .add_option_function<std::string>(
            name, [&target](const std::string& word) { target = from_string<E>(word).value(); }, text)
        ->check(CLI::IsMember(std::set<std::string>(words.begin(), words.end())));
}

}  // namespace prelabel::app
