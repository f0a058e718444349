#include "types.hpp"

#include <string>

#include <gtest/gtest.h>

namespace prelabel::config {
namespace {

TEST(SchemaWriter, AMappingThatNoFieldDescribesIsAMappingAllTheSame) {
    const Field field{"a.b", text(), "B."};
    Branch root;
    root.child("a").child("b").field = &field;
    EXPECT_EQ(
        schema_of(root),
        R"({"type":"object","additionalProperties":false,"properties":{"a":{"type":"object",)"
        R"("additionalProperties":false,"properties":{"b":{"description":"B.","type":"string","minLength":1}}}}})");
}

TEST(SchemaWriter, KeepsTheOrderOfTheTableAndEveryKeyOnce) {
    Branch root;
    Branch& first = root.child("z");
    root.child("a");
    EXPECT_EQ(&root.child("z"), &first);
    ASSERT_EQ(root.children.size(), 2U);
    EXPECT_EQ(root.children[0].first, "z");
    EXPECT_EQ(root.children[1].first, "a");
}

TEST(SchemaWriter, ADefaultIsANumberOrATextAsItsTypeSays) {
    const auto with_default = [](TypePtr type, std::string text) {
        const Field field{"a", std::move(type), ""};
        Branch branch;
        branch.field = &field;
        branch.default_text = std::move(text);
        const std::string json = schema_of(branch);
        const auto at = json.find("\"default\":");
        return at == std::string::npos ? std::string() : json.substr(at + 10, json.size() - at - 11);
    };
    EXPECT_EQ(with_default(integer(0, 9), "5"), "5");
    EXPECT_EQ(with_default(number_or_null(0, 9), "null"), "null");
    EXPECT_EQ(with_default(text_map(), "{}"), "{}");
    EXPECT_EQ(with_default(size(0, 1U << 30), "4MiB"), "\"4MiB\"");
    EXPECT_EQ(with_default(choice({"a", "b"}), "a"), "\"a\"");
    EXPECT_EQ(with_default(text(), "say \"hi\""), R"("say \"hi\"")");
    EXPECT_EQ(with_default(text(), ""), "") << "a key without a default has none in the schema";
}

}  // namespace
}  // namespace prelabel::config
