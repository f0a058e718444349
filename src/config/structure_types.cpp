#include "config/reader.hpp"
#include "config/schema_writer.hpp"
#include "config/secrets.hpp"
#include "config/types.hpp"
#include "config/yaml_json.hpp"

#include <prelabel/base/json_text.hpp>

#include <utility>

namespace prelabel::config {
namespace {

void read_group(const Node& node, const At& at, const Field& field, Reader& reader) {
    if (node.kind != Node::Kind::map) return reader.report_wrong(node, at, *field.type, &field);
    reader.accept(at, node.place, std::monostate{});
    reader.read_map(node, at);
}

void write_group_schema(SchemaWriter& schema, const Branch& branch) {
    schema.pair("type", "object");
    schema.json.Key("additionalProperties");
    schema.json.Bool(false);
    std::vector<std::string> required;
    for (const auto& [name, child] : branch.children) {
        if (child->field != nullptr && child->field->need == Need::always) required.push_back(name);
    }
    if (!required.empty()) {
        schema.array("required", [&] {
            for (const auto& name : required) schema.json.String(name);
        });
    }
    schema.object("properties", [&] {
        for (const auto& [name, child] : branch.children)
            schema.object(name.c_str(), [&, below = child.get()] { schema.members(*below); });
    });
}

class Group final : public Structure {
public:
    std::string expectation() const override { return "a mapping"; }
    void read(const Node& node, const At& at, const Field& field, Reader& reader) const override {
        read_group(node, at, field, reader);
    }
    void write_schema(SchemaWriter& schema, const Branch& branch) const override { write_group_schema(schema, branch); }
};

class GroupOrText final : public Scalar {
public:
    std::string expectation() const override { return "a mapping or a text"; }
    void read(const Node& node, const At& at, const Field& field, Reader& reader) const override {
        if (node.kind == Node::Kind::scalar) return Scalar::read(node, at, field, reader);
        read_group(node, at, field, reader);
    }
    Outcome read_text(std::string_view text, const Written&) const override {
        return text.empty() ? Outcome(Refusal{}) : Outcome(Value(std::string(text)));
    }
    std::string render(const Value& value) const override { return std::get<std::string>(value); }
    void write_schema(SchemaWriter& schema, const Branch& branch) const override {
        schema.array("anyOf", [&] {
            schema.simple("string");
            schema.object([&] { write_group_schema(schema, branch); });
        });
    }
};

class List final : public Structure {
public:
    List(std::size_t min, std::size_t max) : min_(min), max_(max) {}

    std::string expectation() const override { return "a list"; }
    void read(const Node& node, const At& at, const Field& field, Reader& reader) const override {
        if (node.kind != Node::Kind::list && node.kind != Node::Kind::null)
            return reader.report_wrong(node, at, *this, &field);
        const auto items = node.items.size();
        if (items < min_ || items > max_) {
            reader.report(at, node.place, "has " + std::to_string(items) + " items",
                          "from " + std::to_string(min_) + " to " + std::to_string(max_));
        }
        for (std::size_t i = 0; i < items; ++i)
            reader.read_value(node.items[i], {at.pattern + "[]", at.key + "[" + std::to_string(i) + "]"});
    }
    void write_schema(SchemaWriter& schema, const Branch& branch) const override {
        schema.pair("type", "array");
        schema.json.Key("minItems");
        schema.json.Uint64(min_);
        schema.json.Key("maxItems");
        schema.json.Uint64(max_);
        schema.object("items", [&] { schema.members(*branch.children.front().second); });
    }

private:
    std::size_t min_;
    std::size_t max_;
};

class TextMapType final : public Structure {
public:
    std::string expectation() const override { return "a mapping of names to texts"; }
    void read(const Node& node, const At& at, const Field& field, Reader& reader) const override {
        if (node.kind != Node::Kind::map && node.kind != Node::Kind::null)
            return reader.report_wrong(node, at, *this, &field);
        TextMap map;
        for (const auto& entry : node.entries) {
            const At child{at.pattern, joined(at.key, entry.key)};
            keep_secrets_of({}, entry.key);  // `{sasl.password=x}` is a name without a value
            if (entry.value.kind != Node::Kind::scalar) {
                reader.report(child, entry.value.place,
                              entry.value.kind == Node::Kind::null ? "has no value" : "is not a text",
                              "a text, a number or true or false");
            } else if (auto text = reader.expanded(entry.value, child, entry.key)) {
                map.emplace(entry.key, std::move(*text));
            }
        }
        reader.accept(at, node.place, std::move(map));
    }
    bool renders_json() const override { return true; }
    void write_schema(SchemaWriter& schema, const Branch&) const override {
        schema.pair("type", "object");
        schema.object("additionalProperties", [&] {
            schema.array("type", [&] {
                for (const char* type : {"string", "number", "boolean"}) schema.json.String(type);
            });
        });
    }
    bool has_names() const override { return true; }
};

class PassThrough final : public Structure {
public:
    std::string expectation() const override { return "true, false or a list of JSON Pointers such as /lang"; }
    void read(const Node& node, const At& at, const Field& field, Reader& reader) const override {
        TextList list;
        const auto type = pointer();
        if (node.kind == Node::Kind::list) {
            for (std::size_t i = 0; i < node.items.size(); ++i) {
                const At item{at.pattern, at.key + "[" + std::to_string(i) + "]"};
                if (auto one = read_pointer(node.items[i], item, *type, reader)) list.push_back(std::move(*one));
            }
        } else if (node.kind == Node::Kind::scalar) {
            const auto text = reader.expanded(node, at);
            if (!text) return;
            if (*text != "true" && *text != "false") return reader.report_wrong(node, at, *this, &field);
            if (*text == "true") list.emplace_back(everything);
        } else if (node.kind == Node::Kind::map) {
            return reader.report_wrong(node, at, *this, &field);
        }
        reader.accept(at, node.place, std::move(list));
    }
    std::string render(const Value& value) const override {
        const auto& list = std::get<TextList>(value);
        if (list.empty()) return "false";
        if (list.front() == everything) return "true";
        std::string out;
        for (const auto& pointer : list) out += (out.empty() ? "[" : ", ") + json_string(pointer);
        return out + ']';
    }
    bool renders_json() const override { return true; }
    void write_schema(SchemaWriter& schema, const Branch&) const override {
        schema.array("anyOf", [&] {
            schema.simple("boolean");
            schema.object([&] {
                schema.pair("type", "array");
                schema.object("items", [&] { schema.pair("type", "string"); });
            });
            schema.variable();
        });
    }

private:
    static std::optional<std::string> read_pointer(const Node& node, const At& at, const Scalar& type, Reader& reader) {
        if (node.kind != Node::Kind::scalar || node.text.empty()) {
            reader.report(at, node.place, "names nothing", type.expectation());
            return std::nullopt;
        }
        const auto text = reader.expanded(node, at);
        if (!text) return std::nullopt;
        auto outcome = type.read_text(*text, reader.written(node));
        if (auto* value = std::get_if<Value>(&outcome)) return std::get<std::string>(std::move(*value));
        auto& refusal = std::get<Refusal>(outcome);
        reader.report(at, node.place, "is no JSON Pointer", type.expectation(), std::move(refusal.hint));
        return std::nullopt;
    }
};

class Truth final : public Scalar {
public:
    std::string expectation() const override { return "true or false"; }
    Outcome read_text(std::string_view text, const Written& written) const override {
        if (text != "true" && text != "false") return Refusal{};
        if (!written.typed) return Refusal{{}, "remove the quotes"};
        return Value(static_cast<std::int64_t>(text == "true"));
    }
    std::string render(const Value& value) const override {
        return std::get<std::int64_t>(value) != 0 ? "true" : "false";
    }
    bool renders_json() const override { return true; }
    void write_schema(SchemaWriter& schema, const Branch&) const override {
        schema.array("anyOf", [&] {
            schema.simple("boolean");
            schema.variable();
        });
    }
};

class JsonSchema final : public Structure {
public:
    std::string expectation() const override { return "a JSON Schema as a mapping, or {file: path}"; }
    void read(const Node& node, const At& at, const Field& field, Reader& reader) const override {
        if (node.kind != Node::Kind::map) return reader.report_wrong(node, at, *this, &field);
        const Node* file = node.entries.size() == 1 ? node.find("file") : nullptr;
        if (file != nullptr && file->kind == Node::Kind::scalar) {
            reader.accept(at, file->place, SchemaSource{{}, resolved(file->text, reader.written(*file))});
        } else {
            reader.accept(at, node.place, SchemaSource{to_json(node), {}});
        }
    }
    void write_schema(SchemaWriter& schema, const Branch&) const override { schema.pair("type", "object"); }
};

}  // namespace

TypePtr group() { return std::make_shared<Group>(); }
ScalarPtr group_or_text() { return std::make_shared<GroupOrText>(); }
TypePtr list(std::size_t min, std::size_t max) { return std::make_shared<List>(min, max); }
TypePtr pass_through() { return std::make_shared<PassThrough>(); }
ScalarPtr truth() { return std::make_shared<Truth>(); }
TypePtr text_map() { return std::make_shared<TextMapType>(); }
TypePtr json_schema() { return std::make_shared<JsonSchema>(); }

}  // namespace prelabel::config
