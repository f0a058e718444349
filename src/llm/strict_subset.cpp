#include <prelabel/llm/strict_subset.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <set>

#include <rapidjson/document.h>

namespace prelabel::llm {
namespace {

using rapidjson::Value;

constexpr std::size_t levels_max = 10;  // of objects and arrays; the rule may mean objects only
constexpr std::size_t properties_max = 5'000;
constexpr std::size_t enum_values_max = 1'000;
constexpr std::size_t long_enum = 250;  // values; beyond it their characters are limited too
constexpr std::size_t long_enum_characters_max = 15'000;
constexpr std::size_t characters_max = 120'000;

constexpr std::array<std::string_view, 23> keywords = {
    "$defs",       "$ref",     "$schema",          "additionalProperties", "anyOf",   "const",      "definitions",
    "description", "enum",     "exclusiveMaximum", "exclusiveMinimum",     "format",  "items",      "maxItems",
    "maximum",     "minItems", "minimum",          "multipleOf",           "pattern", "properties", "required",
    "title",       "type"};
constexpr std::array<std::string_view, 9> formats = {"date-time", "time", "date", "duration", "email",
                                                     "hostname",  "ipv4", "ipv6", "uuid"};

std::string_view text(const Value& value) { return {value.GetString(), value.GetStringLength()}; }

template <std::size_t n>
bool contains(const std::array<std::string_view, n>& words, std::string_view word) {
    return std::ranges::find(words, word) != words.end();
}

const Value* member(const Value& object, const char* name) {
    const auto found = object.FindMember(name);
    return found == object.MemberEnd() ? nullptr : &found->value;
}

bool has_type(const Value& schema, std::string_view type) {
    const Value* said = member(schema, "type");
    if (said == nullptr) return false;
    if (said->IsString()) return text(*said) == type;
    return said->IsArray() &&
           std::ranges::any_of(said->GetArray(), [&](const Value& one) { return one.IsString() && text(one) == type; });
}

/// Whether the keywords that are looked into are of their types: the validator says better what is wrong if not.
bool well_formed(const Value& schema) {
    const auto is = [&](const char* name, bool (Value::*type)() const) {
        const Value* value = member(schema, name);
        return value == nullptr || (value->*type)();
    };
    const Value* required = member(schema, "required");
    return is("properties", &Value::IsObject) && is("$defs", &Value::IsObject) && is("definitions", &Value::IsObject) &&
           is("enum", &Value::IsArray) && is("anyOf", &Value::IsArray) && is("format", &Value::IsString) &&
           is("required", &Value::IsArray) &&
           (required == nullptr || std::ranges::all_of(required->GetArray(), &Value::IsString));
}

class Walk {
public:
    /// The first reason in `schema` or below, with `at` as its JSON Pointer.
    std::optional<std::string> reason(const Value& schema, const std::string& at, std::size_t level) {
        if (!schema.IsObject()) return here(at, "a schema must be an object");
        if (!well_formed(schema)) return here(at, "a keyword has a value of the wrong type");
        for (const auto& one : schema.GetObject())
            if (!contains(keywords, text(one.name))) return here(at, quoted(text(one.name)) + " is not in the subset");
        if (const Value* format = member(schema, "format"); format != nullptr && !contains(formats, text(*format)))
            return here(at, "the format " + quoted(text(*format)) + " is not in the subset");
        if (!std::ranges::any_of(std::array{"type", "anyOf", "$ref", "enum", "const"},
                                 [&](const char* name) { return member(schema, name) != nullptr; }))
            return here(at, "\"type\" is missing");
        const bool is_object = has_type(schema, "object") || member(schema, "properties") != nullptr;
        if (is_object || has_type(schema, "array")) ++level;
        if (level > levels_max) return here(at, "more than 10 levels");
        if (is_object) {
            if (auto found = object_reason(schema, at)) return found;
        }
        if (auto found = values_reason(schema, at)) return found;
        return below(schema, at, level);
    }

private:
    static std::string quoted(std::string_view name) { return '"' + std::string(name) + '"'; }
    static std::string here(const std::string& at, const std::string& what) {
        return (at.empty() ? "at the top: " : "at " + at + ": ") + what;
    }
    static std::string token(std::string_view name) {
        std::string escaped;
        for (const char c : name) escaped += c == '~' ? "~0" : c == '/' ? "~1" : std::string(1, c);
        return escaped;
    }

    std::optional<std::string> object_reason(const Value& schema, const std::string& at) {
        const Value* open = member(schema, "additionalProperties");
        if (open == nullptr || !open->IsFalse()) return here(at, "\"additionalProperties\" is not false");
        const Value* properties = member(schema, "properties");
        if (properties == nullptr) return std::nullopt;
        std::set<std::string_view> required;
        if (const Value* names = member(schema, "required"))
            for (const Value& name : names->GetArray()) required.insert(text(name));
        for (const auto& property : properties->GetObject()) {
            if (!required.contains(text(property.name)))
                return here(at, quoted(text(property.name)) + " is not required");
            characters_ += property.name.GetStringLength();
        }
        properties_ += properties->MemberCount();
        if (properties_ > properties_max) return here(at, "more than 5000 properties");
        return std::nullopt;
    }

    std::optional<std::string> values_reason(const Value& schema, const std::string& at) {
        if (const Value* value = member(schema, "const"); value != nullptr && value->IsString())
            characters_ += value->GetStringLength();
        if (const Value* values = member(schema, "enum")) {
            std::size_t characters = 0;
            for (const Value& value : values->GetArray()) characters += value.IsString() ? value.GetStringLength() : 0;
            enum_values_ += values->Size();
            characters_ += characters;
            if (enum_values_ > enum_values_max) return here(at, "more than 1000 enum values");
            if (values->Size() > long_enum && characters > long_enum_characters_max)
                return here(at, "an enum of more than 250 values has more than 15000 characters");
        }
        if (characters_ > characters_max) return here(at, "more than 120000 characters of names and values");
        return std::nullopt;
    }

    std::optional<std::string> below(const Value& schema, const std::string& at, std::size_t level) {
        for (const char* name : {"properties", "$defs", "definitions"}) {
            const Value* schemas = member(schema, name);
            if (schemas == nullptr) continue;
            for (const auto& one : schemas->GetObject()) {
                if (*name != 'p') characters_ += one.name.GetStringLength();
                // A definition is as deep as where it is used; at least it is not the top.
                if (auto found = reason(one.value, at + '/' + name + '/' + token(text(one.name)), level)) return found;
            }
        }
        if (const Value* items = member(schema, "items"))
            if (auto found = reason(*items, at + "/items", level)) return found;
        if (const Value* any = member(schema, "anyOf"))
            for (rapidjson::SizeType i = 0; i < any->Size(); ++i)
                if (auto found = reason((*any)[i], at + "/anyOf/" + std::to_string(i), level)) return found;
        return std::nullopt;
    }

    std::size_t properties_ = 0;
    std::size_t enum_values_ = 0;
    std::size_t characters_ = 0;
};

}  // namespace

std::optional<std::string> outside_strict_subset(std::string_view schema_json) {
    rapidjson::Document schema;
    schema.Parse<rapidjson::kParseIterativeFlag>(schema_json.data(), schema_json.size());
    if (schema.HasParseError() || !schema.IsObject()) return "at the top: a schema must be an object";
    if (schema.HasMember("anyOf") || !has_type(schema, "object") || !schema["type"].IsString())
        return "at the top: the schema must be of type \"object\", without \"anyOf\"";
    return Walk().reason(schema, "", 0);
}

}  // namespace prelabel::llm
