#pragma once

#include "app/command_table.hpp"

#include <prelabel/base/enum_names.hpp>

#include <string>

namespace prelabel::app {

enum class Shell { bash, zsh, fish };

constexpr auto enum_names(Shell) {
    return std::to_array<EnumName<Shell>>({{Shell::bash, "bash"}, {Shell::zsh, "zsh"}, {Shell::fish, "fish"}});
}

/// A script for the shell, which then completes commands, options, values of choices, files and folders. The whole
/// table is in it: it asks nobody.
[[nodiscard]] std::string completion_for(Shell shell, const CommandTable& table);

/// The same for one shell.
[[nodiscard]] std::string bash_completion(const CommandTable& table);
[[nodiscard]] std::string zsh_completion(const CommandTable& table);
[[nodiscard]] std::string fish_completion(const CommandTable& table);

}  // namespace prelabel::app
