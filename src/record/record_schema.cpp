#include "record/record_fields.hpp"
#include "record/record_schema_iceberg.hpp"
#include "record/record_schema_json.hpp"
#include "record/record_schema_sql.hpp"

#include <prelabel/base/expects.hpp>
#include <prelabel/record/record_schema.hpp>

namespace prelabel::record {

std::string record_schema(const labeling::Task& task, SchemaFormat format) {
    const auto fields = record_fields(task);
    switch (format) {
        case SchemaFormat::jsonschema:
            return render_json_schema(task, fields);
        case SchemaFormat::avro:
            return render_avro(fields);
        case SchemaFormat::iceberg:
            return render_iceberg(fields);
        case SchemaFormat::iceberg_json:
            return render_iceberg_json(fields);
        case SchemaFormat::sql:
            return render_sql(fields);
        case SchemaFormat::features:
            return render_features(fields);
    }
    expects(false, "a schema format is one of its enumerators");
    return {};
}

}  // namespace prelabel::record
