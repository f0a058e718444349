#pragma once

#include "config/schema_writer.hpp"
#include "config/types.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <gtest/gtest.h>
#include <rapidjson/document.h>
#include <rapidjson/writer.h>

namespace prelabel::config {

/// A text as it stands in a file, without quotes.
inline const Written plain{};
inline const Written quoted{false};

/// The value; none when the text was refused.
inline std::optional<Value> value(std::string_view text, const ScalarPtr& type, const Written& written = plain) {
    auto outcome = type->read_text(text, written);
    if (auto* found = std::get_if<Value>(&outcome)) return std::move(*found);
    return std::nullopt;
}

inline Refusal refusal(std::string_view text, const ScalarPtr& type, const Written& written = plain) {
    const auto outcome = type->read_text(text, written);
    EXPECT_TRUE(std::holds_alternative<Refusal>(outcome)) << text << " was taken";
    return std::holds_alternative<Refusal>(outcome) ? std::get<Refusal>(outcome) : Refusal{"taken", "taken"};
}

template <class Expected>
void expect_taken(const ScalarPtr& type, const std::vector<std::pair<std::string_view, Expected>>& cases) {
    for (const auto& [text, expected] : cases) {
        const auto found = value(text, type);
        ASSERT_TRUE(found.has_value()) << '"' << text << "\" was refused";
        ASSERT_TRUE(std::holds_alternative<Expected>(*found)) << text;
        EXPECT_EQ(std::get<Expected>(*found), expected) << text;
    }
}

inline void expect_refused(const ScalarPtr& type, const std::vector<std::string_view>& texts) {
    for (const auto text : texts) EXPECT_FALSE(value(text, type).has_value()) << '"' << text << "\" was taken";
}

/// The defaults of the documentation are written by render(); a user copies them into a file.
template <class T>
void expect_reads_back(const T& as_value, const ScalarPtr& type) {
    const std::string text = type->render(as_value);
    const auto read = value(text, type);
    ASSERT_TRUE(read.has_value()) << text;
    ASSERT_TRUE(std::holds_alternative<T>(*read)) << text;
    EXPECT_EQ(std::get<T>(*read), as_value) << text;
}

/// What a JSON Schema says of the key, on one line.
inline std::string schema_of(const Branch& branch, bool variables = false) {
    rapidjson::StringBuffer buffer;
    SchemaWriter::Json json(buffer);
    SchemaWriter writer(json, variables);
    writer.object([&] { writer.members(branch); });
    rapidjson::Document document;
    document.Parse(buffer.GetString(), buffer.GetSize());
    EXPECT_FALSE(document.HasParseError()) << buffer.GetString();
    rapidjson::StringBuffer line;
    rapidjson::Writer<rapidjson::StringBuffer> compact(line);
    document.Accept(compact);
    return {line.GetString(), line.GetSize()};
}

/// … of a type alone: the members that it writes itself.
inline std::string schema_of(const TypePtr& type, bool variables = false) {
    const Field field{"key", type, "d"};
    Branch branch;
    branch.field = &field;
    const std::string text = schema_of(branch, variables);
    const std::string described = R"({"description":"d",)";
    EXPECT_TRUE(text.starts_with(described)) << text;
    return "{" + text.substr(described.size());
}

}  // namespace prelabel::config
