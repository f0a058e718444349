#include "files/dead_letter_line.hpp"

#include <prelabel/base/base64.hpp>
#include <prelabel/base/json_text.hpp>
#include <prelabel/base/json_tree.hpp>
#include <prelabel/base/utf8.hpp>

#include <array>
#include <charconv>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace prelabel::files {
namespace {

constexpr std::string_view error_prefix = "prelabel.error.";

bool is_number(std::string_view text) {
    const auto digit = [](char c) { return c >= '0' && c <= '9'; };
    if (text.empty() || !digit(text.front()) || !digit(text.back())) return false;
    if (text.size() > 1 && text.front() == '0' && digit(text[1])) return false;
    double value = 0;
    const auto parsed = std::from_chars(text.data(), text.data() + text.size(), value);
    return parsed.ec == std::errc() && parsed.ptr == text.data() + text.size();
}

/// As a JSON string; what is not UTF-8 in base64.
void append_bytes(std::string_view bytes, std::string& out) {
    if (utf8::first_invalid(bytes))
        append_json_string(to_padded_base64(bytes), out);
    else
        append_json_string(bytes, out);
}

/// As append_bytes(); Kafka's null as JSON's.
void append_bytes_or_null(const std::optional<std::string>& bytes, std::string& out) {
    if (bytes)
        append_bytes(*bytes, out);
    else
        out += "null";
}

void append_error(const pipeline::Output& output, std::string& out) {
    bool first = true;
    for (const auto& header : output.headers) {
        if (!header.name.starts_with(error_prefix)) continue;
        const auto name = header.name.substr(error_prefix.size());
        if (name == "topic" || name == "partition" || name == "offset") continue;  // these are the source
        if (!first) out += ',';
        first = false;
        append_bytes(name, out);
        out += ':';
        if ((name == "attempts" || name == "cost_usd") && header.value && is_number(*header.value))
            out += *header.value;
        else
            append_bytes_or_null(header.value, out);
    }
}

void append_headers(const pipeline::Output& output, std::string& out) {
    bool first = true;
    for (const auto& header : output.headers) {
        if (header.name.starts_with(error_prefix)) continue;
        if (!first) out += ',';
        first = false;
        append_bytes(header.name, out);
        out += ':';
        append_bytes_or_null(header.value, out);
    }
}

/// Cheap, since each line of an input is asked: its first member is `error`.
bool begins_like_a_dead_letter(std::string_view line) {
    constexpr std::string_view member = R"("error")";
    const auto at = line.find_first_not_of(" \t{");
    return at != std::string_view::npos && line.substr(at).starts_with(member);
}

std::optional<std::string> text_of(const JsonValue& object, std::string_view name) {
    const auto member = object.member(name);
    const auto text = member ? member->text() : std::nullopt;
    return text ? std::optional<std::string>(*text) : std::nullopt;
}

bool inside(const JsonValue& object, std::string_view name, std::string_view inner) {
    const auto member = object.member(name);
    return member && text_of(*member, inner);
}

/// -1 for what is no number; those that are looked for are none below 0.
std::int64_t number_of(const JsonValue& object, std::string_view name) {
    const auto member = object.member(name);
    return member ? member->integer().value_or(-1) : -1;
}

bool take_origin(const JsonValue& json, Origin& into) {
    const auto source = json.member("source");
    auto file = source ? text_of(*source, "file") : std::nullopt;
    if (!file) return false;
    const auto line = number_of(*source, "line");
    into = {{std::move(*file), 0}, number_of(*source, "offset")};
    into.line = line < 1 ? 0 : static_cast<std::uint64_t>(line);
    return line >= 1 && into.offset >= 0;
}

}  // namespace

std::string dead_letter_line(const pipeline::Output& output) {
    std::string out = R"({"error":{)";
    append_error(output, out);
    out += R"(},"source":{"file":)";
    append_bytes(output.origin.partition.topic, out);
    out += R"(,"line":)" + std::to_string(output.origin.line) + R"(,"offset":)" + std::to_string(output.origin.offset) +
           R"(},"key":)";
    append_bytes_or_null(output.key, out);
    out += R"(,"value":)";
    append_bytes(output.value, out);
    out += utf8::first_invalid(output.value) ? R"(,"encoding":"base64")" : R"(,"encoding":"utf-8")";
    out += R"(,"headers":{)";
    append_headers(output, out);
    out += "}}\n";
    return out;
}

std::optional<Record> record_of_dead_letter(std::string_view line) {
    if (!begins_like_a_dead_letter(line)) return std::nullopt;
    const auto tree = JsonTree::read_object(line);
    if (!tree) return std::nullopt;
    const JsonValue json = tree->root();
    const auto encoding = text_of(json, "encoding");
    auto value = text_of(json, "value");
    const bool whole = inside(json, "error", "class") && inside(json, "error", "task_version") && value && encoding;
    Record record;
    if (!whole || !take_origin(json, record.origin)) return std::nullopt;
    record.key = text_of(json, "key");
    if (!record.key) record.key = record.origin.name();
    if (*encoding == "base64") value = from_base64(value->substr(0, value->find('=')));
    if (!value || (*encoding != "base64" && *encoding != "utf-8")) return std::nullopt;
    record.value = std::move(value);
    return record;
}

}  // namespace prelabel::files
