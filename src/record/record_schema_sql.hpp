#pragma once

#include "record/record_fields.hpp"

#include <string>
#include <vector>

namespace prelabel::record {

/// The table that record_schema_iceberg.hpp describes, for Spark SQL.
[[nodiscard]] std::string render_iceberg(const std::vector<RecordField>& fields);
[[nodiscard]] std::string render_sql(const std::vector<RecordField>& fields);

}  // namespace prelabel::record
