#pragma once

#include "app/command_table.hpp"

#include <string>

namespace prelabel::app {

/// All commands, options and exit codes as the Markdown page docs/reference/cli.md.
[[nodiscard]] std::string command_reference(const CommandTable& table);

}  // namespace prelabel::app
