#include <prelabel/llm/strict_subset.hpp>

#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace prelabel::llm {
namespace {

std::string reason(const std::string& schema) { return outside_strict_subset(schema).value_or("inside"); }

/// An object whose only property is `schema`.
std::string object_with(const std::string& schema) {
    return R"({"type":"object","properties":{"a":)" + schema + R"(},"required":["a"],"additionalProperties":false})";
}

TEST(StrictSubset, HoldsWhatTheProviderDocuments) {
    for (const char* schema : {
             R"({"type":"string","description":"d","title":"t","pattern":"^a","format":"date"})",
             R"({"type":["string","null"],"enum":["x",null]})",
             R"({"type":"number","minimum":0,"maximum":1,"multipleOf":0.1,"exclusiveMinimum":0,"exclusiveMaximum":2})",
             R"({"type":"array","items":{"type":"integer"},"minItems":1,"maxItems":3})",
             R"({"anyOf":[{"type":"string"},{"type":"null"}]})",
             R"({"const":"x"})",
             R"({"$ref":"#"})",
         })
        EXPECT_EQ(reason(object_with(schema)), "inside") << schema;
    EXPECT_EQ(
        reason(
            R"({"$schema":"https://json-schema.org/draft/2020-12/schema","$defs":{"n":{"type":"null"}},)"
            R"("type":"object","properties":{"a":{"$ref":"#/$defs/n"}},"required":["a"],"additionalProperties":false})"),
        "inside");
}

TEST(StrictSubset, NamesTheFirstReasonAndItsPlace) {
    const std::vector<std::pair<std::string, std::string>> outside = {
        {"true", "at the top: a schema must be an object"},
        {R"({"type":"array","items":{"type":"string"}})",
         R"(at the top: the schema must be of type "object", without "anyOf")"},
        {R"({"anyOf":[{"type":"object"}]})", R"(at the top: the schema must be of type "object", without "anyOf")"},
        {R"({"type":"object","properties":{}})", R"(at the top: "additionalProperties" is not false)"},
        {R"({"type":"object","properties":{"a":{"type":"null"}},"additionalProperties":false})",
         R"(at the top: "a" is not required)"},
        {R"({"type":"object","properties":{"a":{"type":"null"}},"required":["b"],"additionalProperties":false})",
         R"(at the top: "a" is not required)"},
        {object_with(R"({"allOf":[{"type":"string"}]})"), R"(at /properties/a: "allOf" is not in the subset)"},
        {object_with(R"({"type":"string","minLength":1})"), R"(at /properties/a: "minLength" is not in the subset)"},
        {object_with(R"({"type":"string","default":"x"})"), R"(at /properties/a: "default" is not in the subset)"},
        {object_with(R"({"type":"string","format":"uri"})"),
         R"(at /properties/a: the format "uri" is not in the subset)"},
        {object_with(R"({"description":"anything"})"), R"(at /properties/a: "type" is missing)"},
        {object_with("true"), "at /properties/a: a schema must be an object"},
        {object_with(R"({"type":"array","items":{"type":"object"}})"),
         R"(at /properties/a/items: "additionalProperties" is not false)"},
        {object_with(R"({"anyOf":[{"type":"null"},{"not":{}}]})"),
         R"(at /properties/a/anyOf/1: "not" is not in the subset)"},
        {R"({"$defs":{"x/y":{"if":true}},"type":"object","properties":{},"additionalProperties":false})",
         R"(at /$defs/x~1y: "if" is not in the subset)"},
    };
    for (const auto& [schema, expected] : outside) EXPECT_EQ(reason(schema), expected) << schema;
}

TEST(StrictSubset, LeavesWhatIsNoSchemaToTheValidator) {
    for (const char* wrong : {"", "{", "[]", "7", R"({"type":7})", R"({"type":"object","additionalProperties":0})"})
        EXPECT_NE(reason(wrong), "inside") << wrong;
    for (const char* wrong :
         {R"({"enum":7})", R"({"anyOf":{}})", R"({"format":1})", R"({"type":"object","required":[1]})",
          R"({"type":"object","properties":[]})", R"({"$ref":1e999})"})
        EXPECT_NE(reason(object_with(wrong)), "inside") << wrong;
}

TEST(StrictSubset, CountsLevelsPropertiesAndValues) {
    const auto nested = [](int levels) {
        std::string schema = R"({"type":"string"})";
        for (int i = 0; i < levels; ++i) schema = object_with(schema);
        return schema;
    };
    EXPECT_EQ(reason(nested(10)), "inside");
    EXPECT_THAT(reason(nested(11)), testing::EndsWith("more than 10 levels"));

    const auto wide = [](int properties) {
        std::string names;
        std::string required;
        for (int i = 0; i < properties; ++i) {
            const std::string name = '"' + std::to_string(i) + '"';
            names += (i == 0 ? "" : ",") + name + R"(:{"type":"null"})";
            required += (i == 0 ? "" : ",") + name;
        }
        return R"({"type":"object","properties":{)" + names + R"(},"required":[)" + required +
               R"(],"additionalProperties":false})";
    };
    EXPECT_EQ(reason(wide(5'000)), "inside");
    EXPECT_EQ(reason(wide(5'001)), "at the top: more than 5000 properties");

    const auto choice = [](std::size_t values, std::size_t characters) {
        std::string all;
        for (std::size_t i = 0; i < values; ++i)
            all += (i == 0 ? "\"" : ",\"") + std::string(characters - 1, 'x') + static_cast<char>('A' + i % 26) + '"';
        return object_with(R"({"type":"string","enum":[)" + all + "]}");
    };
    EXPECT_EQ(reason(choice(1'000, 15)), "inside");
    EXPECT_EQ(reason(choice(1'001, 1)), "at /properties/a: more than 1000 enum values");
    EXPECT_EQ(reason(choice(250, 400)), "inside");
    EXPECT_THAT(reason(choice(251, 60)), testing::HasSubstr("more than 15000 characters"));
    EXPECT_THAT(reason(choice(250, 500)), testing::HasSubstr("more than 120000 characters"));
}

}  // namespace
}  // namespace prelabel::llm
