#include <prelabel/base/expects.hpp>
#include <prelabel/labeling/record_schema.hpp>

#include <labeling/record_fields.hpp>
#include <labeling/record_schema_json.hpp>
#include <labeling/record_schema_sql.hpp>

namespace prelabel::labeling {

std::string record_schema(const Task& task, SchemaFormat format) {
    const auto fields = record_fields(task);
    switch (format) {
        case SchemaFormat::jsonschema:
            return render_json_schema(task, fields);
        case SchemaFormat::avro:
            return render_avro(fields);
        case SchemaFormat::iceberg:
            return render_iceberg(fields);
        case SchemaFormat::sql:
            return render_sql(fields);
    }
    expects(false, "a schema format is one of its enumerators");
    return {};
}

}  // namespace prelabel::labeling
