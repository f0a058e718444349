#include "files/dead_letter_line.hpp"

#include <prelabel/base/base64.hpp>
#include <prelabel/base/json_text.hpp>
#include <prelabel/base/utf8.hpp>

#include <array>
#include <charconv>
#include <optional>
#include <string>
#include <string_view>

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

}  // namespace prelabel::files
