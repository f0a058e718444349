#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace prelabel::llm {

/// Why OpenAI's strict structured outputs would refuse a JSON Schema: the first reason, with its JSON Pointer, as
///   at /properties/entities/items: "allOf" is not in the subset
/// none when they take it. In doubt it is outside: a schema that is sent without `strict` still guides the model, and
/// answers are held against all of it here, while one refused schema stops every document.
/// Whether it is a valid schema at all is SchemaValidator's question; what is none is outside. At most 128 levels deep.
/// Source: platform.openai.com, Structured Outputs, "Supported schemas": every property required and none left open,
///         ten levels, 5,000 properties, 1,000 enum values, 120,000 characters of names and values.
[[nodiscard]] std::optional<std::string> outside_strict_subset(std::string_view schema_json);

}  // namespace prelabel::llm
