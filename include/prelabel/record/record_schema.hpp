#pragma once

#include <prelabel/base/enum_names.hpp>
#include <prelabel/labeling/task.hpp>

#include <array>
#include <string>

namespace prelabel::record {

enum class SchemaFormat {
    jsonschema,    ///< draft 2020-12, closed, with the task's labels
    avro,          ///< the unchanged record: times stay ISO 8601 strings
    iceberg,       ///< Spark SQL; nested columns, times as timestamp with time zone
    iceberg_json,  ///< the same table for catalogs: columns, partitioning and properties as a REST catalog takes them
    sql,           ///< PostgreSQL, DuckDB and SQLite; objects become prefixed columns, lists JSON
    features,      ///< of Hugging Face datasets, as JSON; the unchanged record
};
constexpr auto enum_names(SchemaFormat) {
    return std::to_array<EnumName<SchemaFormat>>({
        {SchemaFormat::jsonschema, "jsonschema"},
        {SchemaFormat::avro, "avro"},
        {SchemaFormat::iceberg, "iceberg"},
        {SchemaFormat::iceberg_json, "iceberg-json"},
        {SchemaFormat::sql, "sql"},
        {SchemaFormat::features, "features"},
    });
}

/// The schema of the output record for a task, ending with a newline. All six are rendered from one table of fields,
/// and a test checks the output of `to_json` against them.
[[nodiscard]] std::string record_schema(const labeling::Task& task, SchemaFormat format);

}  // namespace prelabel::record
