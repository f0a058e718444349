#pragma once

#include "config/field.hpp"
#include "config/yaml_tree.hpp"

#include <span>
#include <string>

namespace prelabel::config {

/// Puts the values of `--set a.b=value` arguments into the tree, over what the file says. Later ones win.
/// The values are YAML, so `{a: b}` and `null` mean what they mean in the file.
void apply_overrides(std::span<const std::string> overrides, std::span<const Field> fields, Node& root,
                     Problems& problems);

}  // namespace prelabel::config
