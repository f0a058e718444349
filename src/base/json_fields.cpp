#include <prelabel/base/json_fields.hpp>

#include <rapidjson/document.h>

namespace prelabel {
namespace {

using Value = rapidjson::Value;

/// As RFC 6901 writes a name in a pointer.
std::string escaped(const Value& name) {
    std::string out;
    for (const char c : std::string_view(name.GetString(), name.GetStringLength())) {
        if (c == '~')
            out += "~0";
        else if (c == '/')
            out += "~1";
        else
            out += c;
    }
    return out;
}

void add_fields(const Value& object, const std::string& pointer, std::size_t levels_left,
                std::vector<JsonField>& fields) {
    if (levels_left == 0) return;
    for (const auto& [name, value] : object.GetObject()) {
        const std::string at = pointer + '/' + escaped(name);
        if (value.IsObject())
            add_fields(value, at, levels_left - 1, fields);
        else if (value.IsString())
            fields.push_back({at, {value.GetString(), value.GetStringLength()}, true});
        else if (value.IsInt64())
            fields.push_back({at, std::to_string(value.GetInt64()), false});
    }
}

}  // namespace

std::vector<JsonField> json_fields(std::string_view json, std::size_t levels_max) {
    std::vector<JsonField> fields;
    rapidjson::Document document;
    document.Parse<rapidjson::kParseIterativeFlag>(json.data(), json.size());
    if (!document.HasParseError() && document.IsObject()) add_fields(document, "", levels_max, fields);
    return fields;
}

}  // namespace prelabel
