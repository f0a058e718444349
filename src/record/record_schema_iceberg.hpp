#pragma once

#include "record/record_fields.hpp"

#include <array>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace prelabel::record {

/// What the table is partitioned by, as days: a query about a day reads that day's files, and each commit of a sink
/// adds to few partitions.
constexpr std::string_view partition_column = "run.labeled_at";

/// A sink commits every minute, and each commit writes a metadata file: old ones are removed.
constexpr std::array<std::pair<const char*, const char*>, 3> table_properties = {
    {{"format-version", "2"},
     {"write.metadata.delete-after-commit.enabled", "true"},
     {"write.metadata.previous-versions-max", "100"}}};

/// The table as a catalog creates it: the body of a REST catalog's request, whose parts pyiceberg reads.
[[nodiscard]] std::string render_iceberg_json(const std::vector<RecordField>& fields);

}  // namespace prelabel::record
