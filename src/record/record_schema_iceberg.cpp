#include "record/record_schema_iceberg.hpp"

#include <prelabel/base/expects.hpp>

#include <rapidjson/prettywriter.h>
#include <rapidjson/stringbuffer.h>

namespace prelabel::record {
namespace {

constexpr int first_partition_id = 1000;  // Iceberg counts partition fields from here

/// Writes the schema and numbers its columns: every column, member and element has an id of its own, from 1.
class TableWriter {
public:
    std::string table(const std::vector<RecordField>& fields) {
        out_.SetIndent(' ', 2);
        out_.StartObject();
        put("name", "pre_annotations");
        out_.Key("schema");
        out_.StartObject();
        number("schema-id", 0);
        struct_of(fields, "");
        out_.EndObject();
        partitions();
        properties();
        out_.EndObject();
        return std::string(buffer_.GetString(), buffer_.GetSize()) + "\n";
    }

private:
    void put(const char* key, const std::string& value) {
        out_.Key(key);
        out_.String(value);
    }
    void number(const char* key, int value) {
        out_.Key(key);
        out_.Int(value);
    }
    void flag(const char* key, bool value) {
        out_.Key(key);
        out_.Bool(value);
    }

    /// The keywords of a struct; its braces belong to the caller.
    void struct_of(const std::vector<RecordField>& fields, const std::string& path) {
        put("type", "struct");
        out_.Key("fields");
        out_.StartArray();
        for (const auto& field : fields) {
            const std::string here = path.empty() ? field.name : path + "." + field.name;
            out_.StartObject();
            number("id", ++last_id_);
            if (here == partition_column) partition_source_ = last_id_;
            put("name", field.name);
            flag("required", !field.may_be_null());
            out_.Key("type");
            type_of(field, here);
            put("doc", field.about);
            out_.EndObject();
        }
        out_.EndArray();
    }

    void type_of(const RecordField& field, const std::string& path) {
        switch (field.type) {
            case FieldType::text:
            case FieldType::json:
                out_.String("string");
                return;
            case FieldType::int32:
                out_.String("int");
                return;
            case FieldType::int64:
                out_.String("long");
                return;
            case FieldType::real:
                out_.String("double");
                return;
            case FieldType::instant:
                out_.String("timestamptz");
                return;
            case FieldType::object:
                out_.StartObject();
                struct_of(field.members, path);
                out_.EndObject();
                return;
            case FieldType::objects:
            case FieldType::texts:
                list_of(field, path);
                return;
        }
    }

    /// Elements may be null, though none ever is: SQL has no words for lists without nulls, and both make one table.
    void list_of(const RecordField& field, const std::string& path) {
        out_.StartObject();
        put("type", "list");
        number("element-id", ++last_id_);
        flag("element-required", false);
        out_.Key("element");
        if (field.type == FieldType::objects) {
            out_.StartObject();
            struct_of(field.members, path);
            out_.EndObject();
        } else {
            out_.String("string");
        }
        out_.EndObject();
    }

    void partitions() {
        expects(partition_source_ != 0, "a record has the time that the table is partitioned by");
        out_.Key("partition-spec");
        out_.StartObject();
        number("spec-id", 0);
        out_.Key("fields");
        out_.StartArray();
        out_.StartObject();
        number("source-id", partition_source_);
        number("field-id", first_partition_id);
        put("name", "labeled_at_day");
        put("transform", "day");
        out_.EndObject();
        out_.EndArray();
        out_.EndObject();
    }

    void properties() {
        out_.Key("properties");
        out_.StartObject();
        for (const auto& [name, value] : table_properties) put(name, value);
        out_.EndObject();
    }

    rapidjson::StringBuffer buffer_;
    rapidjson::PrettyWriter<rapidjson::StringBuffer> out_{buffer_};
    int last_id_ = 0;
    int partition_source_ = 0;
};

}  // namespace

std::string render_iceberg_json(const std::vector<RecordField>& fields) { return TableWriter().table(fields); }

}  // namespace prelabel::record
