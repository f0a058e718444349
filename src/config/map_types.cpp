#include "config/expand.hpp"
#include "config/reader.hpp"
#include "config/schema_writer.hpp"
#include "config/secrets.hpp"
#include "config/types.hpp"
#include "config/yaml_json.hpp"

#include <prelabel/base/ascii.hpp>
#include <prelabel/base/redaction.hpp>

#include <algorithm>
#include <set>
#include <utility>

namespace prelabel::config {
namespace {

/// What a reserved name of a mapping is told.
using Reserved = std::map<std::string, std::string>;

/// `${VAR}` is replaced in every text below, as anywhere else.
bool expand_below(Node& node, const At& at, std::string_view name, Reader& reader) {
    bool good = true;
    if (node.kind == Node::Kind::scalar) {
        auto text = reader.expanded(node, at, name);
        if (text) node.text = std::move(*text);
        return text.has_value();
    }
    for (std::size_t i = 0; i < node.items.size(); ++i)
        good &= expand_below(node.items[i], {at.pattern, at.key + "[" + std::to_string(i) + "]"}, name, reader);
    for (auto& entry : node.entries)
        good &= expand_below(entry.value, {at.pattern, joined(at.key, entry.key)}, entry.key, reader);
    return good;
}

class JsonMap final : public Structure {
public:
    explicit JsonMap(Reserved reserved) : reserved_(std::move(reserved)) {}

    std::string expectation() const override { return "a mapping of names to any values"; }
    void read(const Node& node, const At& at, const Field& field, Reader& reader) const override {
        if (node.kind != Node::Kind::map && node.kind != Node::Kind::null)
            return reader.report_wrong(node, at, *this, &field);
        TextMap map;
        for (const auto& entry : node.entries) {
            const At child{at.pattern, joined(at.key, entry.key)};
            const auto reserved = reserved_.find(entry.key);
            if (reserved != reserved_.end()) {
                reader.report(child, entry.place, "is not to be set here", {}, reserved->second);
                continue;
            }
            Node value = entry.value;
            if (expand_below(value, child, entry.key, reader)) map.emplace(entry.key, to_json(value));
        }
        reader.accept(at, node.place, std::move(map));
    }
    bool renders_json() const override { return true; }
    void write_schema(SchemaWriter& schema, const Branch&) const override {
        schema.pair("type", "object");
        if (reserved_.empty()) return;
        schema.object("propertyNames", [&] {
            schema.object("not", [&] {
                schema.array("enum", [&] {
                    for (const auto& [name, advice] : reserved_) schema.json.String(name);
                });
            });
        });
    }

private:
    Reserved reserved_;
};

/// RFC 9110: a token.
bool is_field_name(std::string_view name) {
    return !name.empty() && std::ranges::all_of(name, [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
    });
}

bool is_field_value(std::string_view value) {
    return !value.empty() && value.front() != ' ' && value.back() != ' ' &&
           std::ranges::all_of(value, [](char c) { return c >= ' ' && c < '\x7f'; });
}

class HeaderMapType final : public Structure {
public:
    explicit HeaderMapType(Reserved reserved) : reserved_(std::move(reserved)) {}

    std::string expectation() const override {
        return "a mapping of header fields, each with a text, {env: NAME} or {file: path}";
    }
    void read(const Node& node, const At& at, const Field& field, Reader& reader) const override {
        if (node.kind != Node::Kind::map && node.kind != Node::Kind::null)
            return reader.report_wrong(node, at, *this, &field);
        HeaderMap map;
        std::set<std::string> seen;
        for (const auto& entry : node.entries) {
            const At child{at.pattern, joined(at.key, entry.key)};
            keep_secrets_of({}, entry.key);
            const std::string name = lowered(entry.key);
            const auto reserved = reserved_.find(name.starts_with("proxy-") ? "proxy-*" : name);
            if (reserved != reserved_.end()) {
                reader.report(child, entry.place, "is not to be set here", {}, reserved->second);
            } else if (!is_field_name(entry.key)) {
                reader.report(child, entry.place, "is not the name of a header field", "letters, digits and -");
            } else if (!seen.insert(name).second) {
                reader.report(child, entry.place, "is given twice, in another case", "each field once");
            } else if (auto value = read_value(entry, child, reader)) {
                map.emplace(entry.key, std::move(*value));
            }
        }
        reader.accept(at, node.place, std::move(map));
    }
    bool renders_json() const override { return true; }
    void write_schema(SchemaWriter& schema, const Branch&) const override {
        schema.pair("type", "object");
        schema.object("additionalProperties", [&] {
            schema.array("anyOf", [&] {
                for (const char* type : {"string", "number", "boolean"}) schema.simple(type);
                for (const char* where : {"env", "file"}) {
                    schema.object([&] {
                        schema.pair("type", "object");
                        schema.array("required", [&] { schema.json.String(where); });
                        schema.json.Key("additionalProperties");
                        schema.json.Bool(false);
                        schema.object("properties",
                                      [&] { schema.object(where, [&] { schema.pair("type", "string"); }); });
                    });
                }
            });
        });
    }
    bool has_names() const override { return true; }

private:
    static std::optional<HeaderValue> read_value(const Entry& entry, const At& at, Reader& reader) {
        constexpr const char* expected = "a text, {env: NAME} or {file: path}";
        const Node& node = entry.value;
        const auto wrong = [&](std::string what, std::string hint = {}) {
            reader.report(at, node.place, std::move(what), expected, std::move(hint));
            return std::optional<HeaderValue>();
        };
        if (node.kind == Node::Kind::scalar) {
            auto text = reader.expanded(node, at, entry.key);
            if (!text) return std::nullopt;
            // A person may have put a key here. Where the name does not say so, it is hidden as a whole.
            keep_secret(*text, "***", names_a_secret(entry.key) ? Secrecy::credential : Secrecy::value);
            if (!is_field_value(*text)) return wrong("is empty or holds what a header field cannot carry");
            return HeaderValue{std::move(*text), {}};
        }
        const Node* source = node.entries.size() == 1 ? &node.entries.front().value : nullptr;
        if (node.kind != Node::Kind::map || source == nullptr || source->kind != Node::Kind::scalar)
            return wrong(found(node));
        const std::string& where = node.entries.front().key;
        if (where == "file") return HeaderValue{{}, {{}, resolved(source->text, reader.written(*source))}};
        if (where != "env") return wrong("says neither env nor file");
        if (is_variable_name(source->text)) return HeaderValue{{}, {source->text, {}}};
        keep_secret(source->text);
        return wrong("is not the name of an environment variable", "write the name alone, without ${…}");
    }

    Reserved reserved_;
};

}  // namespace

TypePtr json_map(std::map<std::string, std::string> reserved) { return std::make_shared<JsonMap>(std::move(reserved)); }
TypePtr header_map(std::map<std::string, std::string> reserved) {
    return std::make_shared<HeaderMapType>(std::move(reserved));
}

}  // namespace prelabel::config
