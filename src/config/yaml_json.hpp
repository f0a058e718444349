#pragma once

#include "config/yaml_tree.hpp"

#include <string>

namespace prelabel::config {

/// The value as JSON; plain scalars that look like numbers, true, false or null become those.
/// Source: YAML 1.2, core schema.
[[nodiscard]] std::string to_json(const Node& node);

}  // namespace prelabel::config
