#pragma once

#include <string>
#include <string_view>

#include <rapidjson/document.h>

namespace prelabel::files {

/// Parses one JSON object. Empty on success, else what is wrong with it, without any of it.
/// Bound: 128 levels, checked before a tree is built. Refused: invalid UTF-8, anything behind the object.
[[nodiscard]] std::string parse_object(std::string_view text, rapidjson::Document& into);

/// The member, or null where there is none or it stands twice.
[[nodiscard]] const rapidjson::Value* only_member(const rapidjson::Value& object, std::string_view name);

}  // namespace prelabel::files
