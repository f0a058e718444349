#pragma once

#include "config/table.hpp"

#include <prelabel/config/settings.hpp>

namespace prelabel::config {

/// Every key of the configuration file, in the order of the documentation.
[[nodiscard]] const Table<Settings>& config_table();

}  // namespace prelabel::config
