#pragma once

#include "app/command_table.hpp"

#include <string>

namespace prelabel::app {

/// The manual page prelabel(1), in the `man` macros that groff and mandoc know.
[[nodiscard]] std::string man_page(const CommandTable& table);

}  // namespace prelabel::app
