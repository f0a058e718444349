#pragma once

#include <prelabel/labeling/task.hpp>

#include <string>

namespace prelabel::labeling {

enum class SchemaFormat { jsonschema, avro, iceberg, sql };

/// The schema of the output record for a task; all four are rendered from one table of fields.
[[nodiscard]] std::string record_schema(const Task& task, SchemaFormat format);

}  // namespace prelabel::labeling
