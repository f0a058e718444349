#include "record/record_schema_sql.hpp"

#include <string_view>

namespace prelabel::record {
namespace {

/// `text` as a SQL string: a quote is written twice.
std::string quoted(std::string_view text) {
    std::string out = "'";
    for (const char c : text) out.append(c == '\'' ? 2 : 1, c);
    return out + "'";
}

// Names such as `end`, `match` and `offset` are words of SQL, so all are quoted.
std::string backticked(const std::string& name) { return "`" + name + "`"; }

std::string_view not_null(const RecordField& field) { return field.nullable ? "" : " NOT NULL"; }

std::string iceberg_type(const RecordField& field, const std::string& indent);

std::string iceberg_struct(const std::vector<RecordField>& members, const std::string& indent) {
    std::string out = "STRUCT<";
    std::string_view separator = "\n";
    const std::string inner = indent + "  ";
    for (const auto& member : members) {
        out += std::string(separator) + inner + backticked(member.name) + ": " + iceberg_type(member, inner);
        out += std::string(not_null(member)) + " COMMENT " + quoted(member.about);
        separator = ",\n";
    }
    return out + ">";
}

std::string iceberg_type(const RecordField& field, const std::string& indent) {
    switch (field.type) {
        case FieldType::text:
        case FieldType::json:
            return "STRING";
        case FieldType::int32:
            return "INT";
        case FieldType::int64:
            return "BIGINT";
        case FieldType::real:
            return "DOUBLE";
        case FieldType::instant:
            return "TIMESTAMP";  // Spark's, with time zone
        case FieldType::object:
            return iceberg_struct(field.members, indent);
        case FieldType::objects:
            return "ARRAY<" + iceberg_struct(field.members, indent) + ">";
        case FieldType::texts:
            return "ARRAY<STRING>";
    }
    return {};
}

std::string_view sql_type(FieldType type) {
    switch (type) {
        case FieldType::text:
            return "TEXT";
        case FieldType::int32:
            return "INTEGER";
        case FieldType::int64:
            return "BIGINT";
        case FieldType::real:
            return "DOUBLE PRECISION";
        case FieldType::instant:
            return "TIMESTAMPTZ";
        case FieldType::json:
        case FieldType::object:
        case FieldType::objects:
        case FieldType::texts:
            return "JSON";
    }
    return {};
}

/// Objects become columns `object_member`; lists stay JSON, which both databases can unnest.
void add_columns(const std::string& prefix, const std::vector<RecordField>& fields, std::vector<std::string>& columns) {
    for (const auto& field : fields) {
        const std::string name = prefix + field.name;
        if (field.type == FieldType::object) {
            add_columns(name + "_", field.members, columns);
            continue;
        }
        columns.push_back("  -- " + field.about + "\n  \"" + name + "\" " + std::string(sql_type(field.type)) +
                          std::string(not_null(field)));
    }
}

}  // namespace

std::string render_iceberg(const std::vector<RecordField>& fields) {
    std::string out =
        "-- Spark SQL. Create the table before the first record arrives: a sink that makes it from data\n"
        "-- turns times into strings, empty lists into nulls and the first 0 into an integer column.\n"
        "CREATE TABLE pre_annotations (";
    std::string_view separator = "\n";
    for (const auto& field : fields) {
        out += std::string(separator) + "  " + backticked(field.name) + " " + iceberg_type(field, "  ");
        out += std::string(not_null(field)) + " COMMENT " + quoted(field.about);
        separator = ",\n";
    }
    return out + ")\nUSING iceberg\nTBLPROPERTIES ('format-version' = '2');\n";
}

std::string render_sql(const std::vector<RecordField>& fields) {
    std::vector<std::string> columns;
    add_columns("", fields, columns);
    std::string out =
        "-- PostgreSQL and DuckDB. Objects are prefixed columns, lists are JSON.\nCREATE TABLE pre_annotations (";
    std::string_view separator = "\n";
    for (const auto& column : columns) {
        out += std::string(separator) + column;
        separator = ",\n";
    }
    return out + "\n);\n";
}

}  // namespace prelabel::record
