#include "record/record_schema_json.hpp"

#include <rapidjson/prettywriter.h>
#include <rapidjson/stringbuffer.h>

namespace prelabel::record {
namespace {

using Writer = rapidjson::PrettyWriter<rapidjson::StringBuffer>;

std::string rendered(const rapidjson::StringBuffer& buffer) { return {buffer.GetString(), buffer.GetSize()}; }

void put(Writer& out, const char* key, const std::string& value) {
    out.Key(key);
    out.String(value);
}

void put_words(Writer& out, const char* key, const std::vector<std::string>& words) {
    out.Key(key);
    out.StartArray();
    for (const auto& word : words) out.String(word);
    out.EndArray();
}

std::string json_type(FieldType type) {
    switch (type) {
        case FieldType::text:
        case FieldType::instant:
            return "string";
        case FieldType::int32:
        case FieldType::int64:
            return "integer";
        case FieldType::real:
            return "number";
        case FieldType::json:
        case FieldType::object:
            return "object";
        case FieldType::objects:
        case FieldType::texts:
            return "array";
    }
    return {};
}

void put_json_field(Writer& out, const RecordField& field);

/// The keywords of a closed object; its braces belong to the caller.
void put_members(Writer& out, const std::vector<RecordField>& members) {
    std::vector<std::string> names;
    out.Key("properties");
    out.StartObject();
    for (const auto& member : members) {
        if (member.presence == Presence::other_kinds) continue;
        if (member.presence == Presence::always) names.push_back(member.name);
        out.Key(member.name);
        put_json_field(out, member);
    }
    out.EndObject();
    put_words(out, "required", names);
    out.Key("additionalProperties");
    out.Bool(false);
}

void put_items(Writer& out, const RecordField& field) {
    out.Key("items");
    out.StartObject();
    put(out, "type", field.type == FieldType::objects ? "object" : "string");
    if (field.type == FieldType::objects) put_members(out, field.members);
    out.EndObject();
}

void put_json_field(Writer& out, const RecordField& field) {
    out.StartObject();
    put(out, "description", field.about);
    const std::string type = json_type(field.type);
    if (field.nullable) {
        put_words(out, "type", {type, "null"});
    } else {
        put(out, "type", type);
    }
    if (!field.words.empty()) put_words(out, "enum", field.words);
    if (field.type == FieldType::instant) put(out, "format", "date-time");
    if (type == "integer") {
        out.Key("minimum");
        out.Int(0);
    }
    if (field.type == FieldType::object) put_members(out, field.members);
    if (type == "array") put_items(out, field);
    out.EndObject();
}

// ---- Avro. Every record type needs a name of its own: the path of its field.

void put_avro_record(Writer& out, const std::string& name, const std::vector<RecordField>& fields);

void put_avro_type(Writer& out, const std::string& path, const RecordField& field) {
    switch (field.type) {
        case FieldType::text:
        case FieldType::instant:
        case FieldType::json:
            out.String("string");
            return;
        case FieldType::int32:
            out.String("int");
            return;
        case FieldType::int64:
            out.String("long");
            return;
        case FieldType::real:
            out.String("double");
            return;
        case FieldType::object:
            put_avro_record(out, path, field.members);
            return;
        case FieldType::objects:
        case FieldType::texts:
            out.StartObject();
            put(out, "type", "array");
            out.Key("items");
            if (field.type == FieldType::objects) {
                put_avro_record(out, path, field.members);
            } else {
                out.String("string");
            }
            out.EndObject();
            return;
    }
}

void put_avro_record(Writer& out, const std::string& name, const std::vector<RecordField>& fields) {
    out.StartObject();
    put(out, "type", "record");
    put(out, "name", name);
    out.Key("fields");
    out.StartArray();
    for (const auto& field : fields) {
        out.StartObject();
        put(out, "name", field.name);
        put(out, "doc", field.about);
        out.Key("type");
        const std::string path = name + "_" + field.name;
        if (field.may_be_null()) {
            out.StartArray();
            out.String("null");
            put_avro_type(out, path, field);
            out.EndArray();
            out.Key("default");
            out.Null();
        } else {
            put_avro_type(out, path, field);
        }
        out.EndObject();
    }
    out.EndArray();
    out.EndObject();
}

// ---- The features of Hugging Face datasets, as their to_dict() writes them. A struct is an object without a _type.

void put_features(Writer& out, const std::vector<RecordField>& fields);

void put_value(Writer& out, const char* dtype) {
    out.StartObject();
    put(out, "dtype", dtype);
    put(out, "_type", "Value");
    out.EndObject();
}

void put_feature(Writer& out, const RecordField& field) {
    switch (field.type) {
        case FieldType::text:
        case FieldType::instant:
            return put_value(out, "string");
        case FieldType::int32:
            return put_value(out, "int32");
        case FieldType::int64:
            return put_value(out, "int64");
        case FieldType::real:
            return put_value(out, "float64");
        case FieldType::json:
            out.StartObject();
            put(out, "_type", "Json");
            out.EndObject();
            return;
        case FieldType::object:
            return put_features(out, field.members);
        case FieldType::objects:
        case FieldType::texts:
            out.StartObject();
            out.Key("feature");
            if (field.type == FieldType::objects) {
                put_features(out, field.members);
            } else {
                put_value(out, "string");
            }
            put(out, "_type", "List");
            out.EndObject();
            return;
    }
}

void put_features(Writer& out, const std::vector<RecordField>& fields) {
    out.StartObject();
    for (const auto& field : fields) {
        out.Key(field.name);
        put_feature(out, field);
    }
    out.EndObject();
}

}  // namespace

std::string render_json_schema(const labeling::Task& task, const std::vector<RecordField>& fields) {
    rapidjson::StringBuffer buffer;
    Writer out(buffer);
    out.SetIndent(' ', 2);
    out.StartObject();
    put(out, "$schema", "https://json-schema.org/draft/2020-12/schema");
    put(out, "title", "Pre-annotation of the task " + task.name);
    put(out, "type", "object");
    put_members(out, fields);
    out.EndObject();
    return rendered(buffer) + "\n";
}

std::string render_avro(const std::vector<RecordField>& fields) {
    rapidjson::StringBuffer buffer;
    Writer out(buffer);
    out.SetIndent(' ', 2);
    put_avro_record(out, "prelabel_record", fields);
    return rendered(buffer) + "\n";
}

std::string render_features(const std::vector<RecordField>& fields) {
    rapidjson::StringBuffer buffer;
    Writer out(buffer);
    out.SetIndent(' ', 2);
    put_features(out, fields);
    return rendered(buffer) + "\n";
}

}  // namespace prelabel::record
