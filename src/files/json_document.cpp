#include "files/json_document.hpp"

#include <prelabel/base/utf8.hpp>

#include <algorithm>
#include <cstddef>

#include <rapidjson/error/en.h>
#include <rapidjson/memorystream.h>

namespace prelabel::files {
namespace {

constexpr std::size_t depth_max = 128;

bool too_deep(std::string_view text) {
    std::size_t depth = 0;
    bool in_string = false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if (in_string) {
            if (c == '\\') ++i;
            in_string = c != '"';
        } else if (c == '"') {
            in_string = true;
        } else if (c == '{' || c == '[') {
            if (++depth > depth_max) return true;
        } else if ((c == '}' || c == ']') && depth > 0) {
            --depth;
        }
    }
    return false;
}

}  // namespace

std::string parse_object(std::string_view text, rapidjson::Document& into) {
    if (const auto invalid = utf8::first_invalid(text)) return "is not UTF-8 at byte " + std::to_string(*invalid);
    if (too_deep(text)) return "is nested deeper than " + std::to_string(depth_max) + " levels";
    constexpr auto flags = rapidjson::kParseIterativeFlag | rapidjson::kParseFullPrecisionFlag;
    rapidjson::MemoryStream stream(text.data(), text.size());
    into.ParseStream<flags>(stream);
    if (into.HasParseError())
        return "is not JSON: " + std::string(rapidjson::GetParseError_En(into.GetParseError())) + " (byte " +
               std::to_string(into.GetErrorOffset()) + ')';
    if (text.find('\0') != std::string_view::npos) return "is not JSON: it holds a NUL byte";
    if (!into.IsObject()) return "is not a JSON object";
    return {};
}

const rapidjson::Value* only_member(const rapidjson::Value& object, std::string_view name) {
    const rapidjson::Value* found = nullptr;
    for (const auto& member : object.GetObject()) {
        if (std::string_view(member.name.GetString(), member.name.GetStringLength()) != name) continue;
        if (found != nullptr) return nullptr;
        found = &member.value;
    }
    return found;
}

}  // namespace prelabel::files
