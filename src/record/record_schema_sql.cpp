#include "record/record_schema_sql.hpp"

#include "record/record_schema_iceberg.hpp"

#include <cstddef>
#include <string_view>
#include <utility>
#include <vector>

namespace prelabel::record {
namespace {

/// `text` as a string of Spark SQL, which before version 4 does not read a quote that is written twice.
std::string quoted(std::string_view text) {
    std::string out = "'";
    for (const char c : text) {
        if (c == '\'' || c == '\\') out += '\\';
        out += c;
    }
    return out + "'";
}

// Names such as `end`, `match` and `offset` are words of SQL, so all are quoted.
std::string backticked(const std::string& name) { return "`" + name + "`"; }

std::string_view not_null(const RecordField& field) { return field.may_be_null() ? "" : " NOT NULL"; }

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

/// A column of the table, and where its value is in a record. Objects become columns `object_member`; lists stay JSON,
/// which both databases can unnest.
struct Column {
    std::vector<std::string> path;
    const RecordField* field;

    [[nodiscard]] std::string name() const { return joined("_"); }
    [[nodiscard]] std::string joined(std::string_view separator) const {
        std::string out = path.front();
        for (std::size_t i = 1; i < path.size(); ++i) out.append(separator).append(path[i]);
        return out;
    }
};

std::vector<Column> columns_of(const std::vector<RecordField>& fields, const std::vector<std::string>& above = {}) {
    std::vector<Column> columns;
    for (const auto& field : fields) {
        auto path = above;
        path.push_back(field.name);
        if (field.type != FieldType::object) {
            columns.push_back({std::move(path), &field});
            continue;
        }
        const auto below = columns_of(field.members, path);
        columns.insert(columns.end(), below.begin(), below.end());
    }
    return columns;
}

std::string double_quoted(const std::string& name) { return '"' + name + '"'; }

/// The type that DuckDB reads a field's JSON as: absent members of a STRUCT become null.
std::string duckdb_type(const RecordField& field) {
    if (field.type != FieldType::object) return std::string(sql_type(field.type));
    std::string out = "STRUCT(";
    for (const auto& member : field.members)
        out += (out.ends_with('(') ? "" : ", ") + double_quoted(member.name) + ' ' + duckdb_type(member);
    return out + ')';
}

/// Statements that load a file of records, as comments: each database has its own.
std::string loading(const std::vector<RecordField>& fields, const std::vector<Column>& columns) {
    std::string duckdb;
    std::string postgres;
    for (const auto& column : columns) {
        std::string steps;
        for (const auto& step : column.path) steps += (steps.empty() ? "" : ".") + double_quoted(step);
        duckdb += "--   " + steps + ",\n";
        const auto type = sql_type(column.field->type);
        const std::string at = "'{" + column.joined(",") + "}'";
        postgres += type == "JSON"   ? "--   record #> " + at + ",\n"
                    : type == "TEXT" ? "--   record #>> " + at + ",\n"
                                     : "--   (record #>> " + at + ")::" + std::string(type) + ",\n";
    }
    std::string types;
    for (const auto& field : fields) types += "--   " + double_quoted(field.name) + ": '" + duckdb_type(field) + "',\n";
    const auto ended = [](std::string lines) { return lines.erase(lines.rfind(','), 1); };
    return "\n-- DuckDB, from a file of records; what a record does not have becomes NULL:\n"
           "-- INSERT INTO pre_annotations SELECT\n" +
           ended(duckdb) + "-- FROM read_json('labeled.jsonl', format = 'newline_delimited', columns = {\n" +
           ended(types) + "-- });\n\n" +
           "-- PostgreSQL:\n-- CREATE TEMPORARY TABLE raw (record JSON);\n"
           "-- \\copy raw FROM 'labeled.jsonl' WITH (FORMAT csv, QUOTE E'\\x01', DELIMITER E'\\x02')\n"
           "-- INSERT INTO pre_annotations SELECT\n" +
           ended(postgres) + "-- FROM raw;\n";
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
    out += ")\nUSING iceberg\nPARTITIONED BY (days(" + std::string(partition_column) + "))\nTBLPROPERTIES (";
    separator = "\n";
    for (const auto& [name, value] : table_properties) {
        out += std::string(separator) + "  " + quoted(name) + " = " + quoted(value);
        separator = ",\n";
    }
    return out + ");\n";
}

std::string render_sql(const std::vector<RecordField>& fields) {
    const auto columns = columns_of(fields);
    std::string out =
        "-- PostgreSQL, DuckDB and SQLite. Objects are prefixed columns, lists are JSON.\nCREATE TABLE pre_annotations "
        "(";
    std::string_view separator = "\n";
    for (const auto& column : columns) {
        out += std::string(separator) + "  -- " + column.field->about + "\n  \"" + column.name() + "\" " +
               std::string(sql_type(column.field->type)) + std::string(not_null(*column.field));
        separator = ",\n";
    }
    return out + "\n);\n" + loading(fields, columns);
}

}  // namespace prelabel::record
