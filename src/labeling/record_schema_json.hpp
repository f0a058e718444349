#pragma once

#include <prelabel/labeling/task.hpp>

#include <string>
#include <vector>

#include <labeling/record_fields.hpp>

namespace prelabel::labeling {

[[nodiscard]] std::string render_json_schema(const Task& task, const std::vector<RecordField>& fields);
[[nodiscard]] std::string render_avro(const std::vector<RecordField>& fields);

}  // namespace prelabel::labeling
