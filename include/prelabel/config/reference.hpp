#pragma once

#include <string>

namespace prelabel::config {

/// docs/configuration.md, from the tables that the parser uses.
[[nodiscard]] std::string configuration_markdown();
/// docs/schemas/config.schema.json (JSON Schema 2020-12), from the same tables.
[[nodiscard]] std::string config_schema_json();
/// docs/schemas/task.schema.json.
[[nodiscard]] std::string task_schema_json();

}  // namespace prelabel::config
