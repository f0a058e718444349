#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace prelabel::llm {

/// Why OpenAI's strict structured outputs would refuse a JSON Schema: the first reason, with its JSON Pointer, such as
///   at /properties/entities/items: "allOf" is not in the subset
/// None if they accept it. A doubtful schema is outside: without `strict` it still guides the model, and answers are
/// checked against all of it here; but one refused schema stops every document.
/// SchemaValidator decides whether it is a valid schema; an invalid one is outside. At most 128 levels deep.
/// Source: platform.openai.com, Structured Outputs, "Supported schemas": every property required and no open objects,
///         ten levels, 5,000 properties, 1,000 enum values, 120,000 characters of names and values.
[[nodiscard]] std::optional<std::string> outside_strict_subset(std::string_view schema_json);

}  // namespace prelabel::llm
