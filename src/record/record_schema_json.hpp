#pragma once

#include "record/record_fields.hpp"

#include <prelabel/labeling/task.hpp>

#include <string>
#include <vector>

namespace prelabel::record {

[[nodiscard]] std::string render_json_schema(const labeling::Task& task, const std::vector<RecordField>& fields);
[[nodiscard]] std::string render_avro(const std::vector<RecordField>& fields);
[[nodiscard]] std::string render_features(const std::vector<RecordField>& fields);

}  // namespace prelabel::record
