#include "config/config_table.hpp"
#include "config/task_table.hpp"

#include <prelabel/config/reference.hpp>

#include <algorithm>
#include <memory>
#include <utility>
#include <vector>

#include <rapidjson/prettywriter.h>
#include <rapidjson/stringbuffer.h>

namespace prelabel::config {
namespace {

using Writer = rapidjson::PrettyWriter<rapidjson::StringBuffer>;

/// A key of the published schema, with the keys below it.
struct Branch {
    const Field* field = nullptr;
    std::string default_text;
    std::vector<std::pair<std::string, std::unique_ptr<Branch>>> children;  ///< "[]" for a list's items

    Branch& child(const std::string& name) {
        const auto known = std::ranges::find(children, name, [](const auto& entry) { return entry.first; });
        if (known != children.end()) return *known->second;
        return *children.emplace_back(name, std::make_unique<Branch>()).second;
    }
};

template <class Target>
Branch grown(const Table<Target>& table) {
    Branch root;
    const Target defaults;
    for (const auto& setting : table) {
        Branch* at = &root;
        std::string_view rest = setting.field.path;
        while (!rest.empty()) {
            const auto end = rest.starts_with("[]") ? 2 : std::min(rest.find_first_of(".["), rest.size());
            at = &at->child(std::string(rest.substr(0, end)));
            rest.remove_prefix(end);
            if (rest.starts_with('.')) rest.remove_prefix(1);
        }
        at->field = &setting.field;
        if (setting.get) at->default_text = render(setting.get(defaults), setting.field.shape);
    }
    return root;
}

void pair(Writer& writer, const char* key, const std::string& value) {
    writer.Key(key);
    writer.String(value);
}

/// A value may also be written with `${VAR}`, which no type can know before it is expanded.
void write_variable(Writer& writer) {
    writer.StartObject();
    pair(writer, "type", "string");
    pair(writer, "pattern", "\\$\\{");
    writer.EndObject();
}

void write_bounds(Writer& writer, const Shape& shape) {
    const auto write = [&](double value) {
        if (shape.type == Type::number) {
            writer.Double(value);
        } else {
            writer.Int64(static_cast<std::int64_t>(value));
        }
    };
    writer.Key(shape.type == Type::list ? "minItems" : "minimum");
    write(shape.min);
    writer.Key(shape.type == Type::list ? "maxItems" : "maximum");
    write(shape.max);
}

void write_number(Writer& writer, const Shape& shape, bool variables) {
    writer.Key("anyOf");
    writer.StartArray();
    writer.StartObject();
    pair(writer, "type", shape.type == Type::number ? "number" : "integer");
    write_bounds(writer, shape);
    writer.EndObject();
    if (shape.may_be_null) {
        writer.StartObject();
        pair(writer, "type", "null");
        writer.EndObject();
    }
    if (shape.type == Type::size) {
        writer.StartObject();
        pair(writer, "type", "string");
        pair(writer, "pattern", "^[0-9]+(\\.[0-9]+)? ?(B|KiB|MiB|GiB|TiB|kB|MB|GB)$");
        writer.EndObject();
    }
    if (variables) write_variable(writer);
    writer.EndArray();
}

void write_default(Writer& writer, const Branch& branch) {
    if (branch.default_text.empty()) return;
    const Type type = branch.field->shape.type;
    const bool raw = type == Type::integer || type == Type::number || type == Type::text_map;
    writer.Key("default");
    if (raw) {
        writer.RawValue(branch.default_text.data(), branch.default_text.size(), rapidjson::kStringType);
    } else {
        writer.String(branch.default_text);
    }
}

class SchemaWriter {
public:
    SchemaWriter(Writer& writer, bool variables) : writer_(writer), variables_(variables) {}

    void write(const Branch& branch) {
        writer_.StartObject();
        body(branch);
        writer_.EndObject();
    }

    void body(const Branch& branch) {
        if (branch.field != nullptr) pair(writer_, "description", branch.field->description);
        const Shape shape = branch.field != nullptr ? branch.field->shape : of(Type::group);
        switch (shape.type) {
            case Type::integer:
            case Type::number:
            case Type::size:
                write_number(writer_, shape, variables_);
                break;
            case Type::group:
                group(branch, shape);
                break;
            case Type::list:
                pair(writer_, "type", "array");
                write_bounds(writer_, shape);
                writer_.Key("items");
                write(*branch.children.front().second);
                break;
            case Type::text_map:
                pair(writer_, "type", "object");
                writer_.Key("additionalProperties");
                writer_.StartObject();
                writer_.Key("type");
                writer_.StartArray();
                for (const char* type : {"string", "number", "boolean"}) writer_.String(type);
                writer_.EndArray();
                writer_.EndObject();
                break;
            case Type::schema:
                pair(writer_, "type", "object");
                break;
            default:
                text(shape);
        }
        write_default(writer_, branch);
    }

private:
    void text(const Shape& shape) {
        if (shape.type == Type::choice) {
            writer_.Key("enum");
            writer_.StartArray();
            for (const auto& word : shape.choices) writer_.String(word);
            writer_.EndArray();
            return;
        }
        pair(writer_, "type", "string");
        if (shape.type == Type::variable) pair(writer_, "pattern", "^[A-Za-z_][A-Za-z0-9_]*$");
        if (shape.type == Type::duration) pair(writer_, "pattern", "^[0-9]+(\\.[0-9]+)? ?(ms|s|m|h|d)$|\\$\\{");
        if (shape.type == Type::url) pair(writer_, "pattern", "^https?://[^@?#\\s]+$|\\$\\{");
        if (shape.type == Type::listen) pair(writer_, "pattern", "^off$|:[0-9]+$|\\$\\{");
        if (shape.type == Type::pointer) pair(writer_, "pattern", "^(/([^~]|~[01])*)?$|\\$\\{");
        if ((shape.type == Type::text && !shape.may_be_empty) || shape.type == Type::path) {
            writer_.Key("minLength");
            writer_.Int(1);
        }
    }

    void group(const Branch& branch, const Shape& shape) {
        if (shape.may_be_text) {
            writer_.Key("anyOf");
            writer_.StartArray();
            writer_.StartObject();
            pair(writer_, "type", "string");
            writer_.EndObject();
            writer_.StartObject();
        }
        pair(writer_, "type", "object");
        writer_.Key("additionalProperties");
        writer_.Bool(false);
        required(branch);
        writer_.Key("properties");
        writer_.StartObject();
        for (const auto& [name, child] : branch.children) {
            writer_.Key(name);
            write(*child);
        }
        writer_.EndObject();
        if (shape.may_be_text) {
            writer_.EndObject();
            writer_.EndArray();
        }
    }

    void required(const Branch& branch) {
        std::vector<std::string> names;
        for (const auto& [name, child] : branch.children) {
            if (child->field != nullptr && child->field->need == Need::always) names.push_back(name);
        }
        if (names.empty()) return;
        writer_.Key("required");
        writer_.StartArray();
        for (const auto& name : names) writer_.String(name);
        writer_.EndArray();
    }

    Writer& writer_;
    bool variables_;
};

template <class Target>
std::string schema(const Table<Target>& table, const char* title, bool variables) {
    rapidjson::StringBuffer buffer;
    Writer writer(buffer);
    writer.SetIndent(' ', 2);
    const Branch root = grown(table);
    writer.StartObject();
    pair(writer, "$schema", "https://json-schema.org/draft/2020-12/schema");
    pair(writer, "title", title);
    SchemaWriter(writer, variables).body(root);
    writer.EndObject();
    return std::string(buffer.GetString(), buffer.GetSize()) + "\n";
}

}  // namespace

std::string config_schema_json() { return schema(config_table(), "prelabel configuration", true); }

std::string task_schema_json() { return schema(task_table(), "prelabel task", false); }

}  // namespace prelabel::config
