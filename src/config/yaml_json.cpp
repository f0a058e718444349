#include "config/yaml_json.hpp"

#include <charconv>
#include <cmath>

#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

namespace prelabel::config {
namespace {

using Writer = rapidjson::Writer<rapidjson::StringBuffer>;

template <class Number>
bool is(const std::string& text, Number& value) {
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    return error == std::errc{} && end == text.data() + text.size();
}

void write_scalar(const Node& node, Writer& writer) {
    std::int64_t integer_value = 0;
    double number_value = 0;
    if (node.plain && (node.text == "true" || node.text == "false")) {
        writer.Bool(node.text == "true");
    } else if (node.plain && is(node.text, integer_value)) {
        writer.Int64(integer_value);
    } else if (node.plain && is(node.text, number_value) && std::isfinite(number_value)) {
        writer.Double(number_value);
    } else {
        writer.String(node.text);
    }
}

void write(const Node& node, Writer& writer) {  // as deep as the tree: 64 levels
    switch (node.kind) {
        case Node::Kind::null:
            writer.Null();
            break;
        case Node::Kind::scalar:
            write_scalar(node, writer);
            break;
        case Node::Kind::list:
            writer.StartArray();
            for (const auto& item : node.items) write(item, writer);
            writer.EndArray();
            break;
        case Node::Kind::map:
            writer.StartObject();
            for (const auto& entry : node.entries) {
                writer.Key(entry.key.data(), static_cast<rapidjson::SizeType>(entry.key.size()));
                write(entry.value, writer);
            }
            writer.EndObject();
            break;
    }
}

}  // namespace

std::string to_json(const Node& node) {
    rapidjson::StringBuffer buffer;
    Writer writer(buffer);
    write(node, writer);
    return {buffer.GetString(), buffer.GetSize()};
}

}  // namespace prelabel::config
