#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace prelabel {

/// A text or a whole number in a JSON object, and its JSON Pointer.
struct JsonField {
    std::string pointer;
    std::string value;
    bool is_text = true;

    friend bool operator==(const JsonField&, const JsonField&) = default;
};

/// The fields of an object and of the objects in it, in the order of the text. Lists are not entered: what stands in
/// one has no place that all records share. Empty for what is no JSON object.
/// Bound: `levels_max` objects inside each other.
[[nodiscard]] std::vector<JsonField> json_fields(std::string_view json, std::size_t levels_max = 4);

}  // namespace prelabel
