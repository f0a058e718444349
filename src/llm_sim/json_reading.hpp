#pragma once

#include <string>
#include <string_view>

#include <rapidjson/document.h>

namespace prelabel::llm_sim {

/// Parses `text` in place; false when it is not exactly one JSON value in valid UTF-8. The document points into `text`.
/// Bound: depth 128.
[[nodiscard]] bool parse_in_place(std::string& text, rapidjson::Document& document);

/// The member of that name; null when `object` is not an object or has none.
[[nodiscard]] const rapidjson::Value* member(const rapidjson::Value& object, std::string_view name);

/// The bytes of a string value.
[[nodiscard]] inline std::string_view text_of(const rapidjson::Value& value) {
    return {value.GetString(), value.GetStringLength()};
}

}  // namespace prelabel::llm_sim
