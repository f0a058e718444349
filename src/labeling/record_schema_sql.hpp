#pragma once

#include <string>
#include <vector>

#include <labeling/record_fields.hpp>

namespace prelabel::labeling {

[[nodiscard]] std::string render_iceberg(const std::vector<RecordField>& fields);
[[nodiscard]] std::string render_sql(const std::vector<RecordField>& fields);

}  // namespace prelabel::labeling
