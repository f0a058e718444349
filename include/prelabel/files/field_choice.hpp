#pragma once

#include <span>
#include <string>
#include <vector>

namespace prelabel::files {

/// Which fields of records most likely hold the text and the id. JSON Pointers; empty: none does.
struct FieldChoice {
    std::string text;
    std::string id;
    std::vector<std::string> fields;  ///< all texts and whole numbers that were seen
};

/// Judges some JSON objects. The text is a field with a usual name (text, body, content, …), or else the longest one.
/// The id is a field with a usual name, or one that ends like an id (`…Id`, `…-Nr`); every record has another value.
[[nodiscard]] FieldChoice choose_fields(std::span<const std::string> records);

}  // namespace prelabel::files
