#include "types.hpp"

#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace prelabel::config {
namespace {

// How structures are read is in reader_test.cpp: they have keys of their own below them.

TEST(StructureTypes, SayWhatTheyExpect) {
    EXPECT_EQ(group()->expectation(), "a mapping");
    EXPECT_EQ(group_or_text()->expectation(), "a mapping or a text");
    EXPECT_EQ(list(1, 5)->expectation(), "a list");
    EXPECT_EQ(text_map()->expectation(), "a mapping of names to texts");
    EXPECT_EQ(json_schema()->expectation(), "a JSON Schema as a mapping, or {file: path}");
}

TEST(StructureTypes, ALoneTextStandsForAMappingUnlessItIsEmpty) {
    expect_taken<std::string>(group_or_text(), {{"ORG", "ORG"}});
    expect_refused(group_or_text(), {""});
    expect_reads_back(std::string("ORG"), group_or_text());
}

TEST(StructureTypes, WriteNoNamesAsAnEmptyMapping) {
    EXPECT_EQ(text_map()->render(TextMap{}), "{}");
    EXPECT_TRUE(text_map()->renders_json());
}

TEST(StructureTypes, OnlyAMappingOfNamesHasNamesOfItsOwn) {
    EXPECT_TRUE(text_map()->has_names());
    for (const TypePtr& type : std::vector<TypePtr>{group(), group_or_text(), list(0, 1), json_schema(), text()})
        EXPECT_FALSE(type->has_names()) << type->expectation();
}

/// A key with one key below it.
struct Tree {
    Field parent;
    Field child;
    Branch branch{};

    Tree(TypePtr type, Field below, const std::string& name)
        : parent{"p", std::move(type), "d"}, child(std::move(below)) {
        branch.field = &parent;
        branch.child(name).field = &child;
    }
};

TEST(StructureTypes, TheSchemaOfAMappingRefusesKeysThatItDoesNotKnow) {
    const Tree tree(group(), {"p.a", text(), "A."}, "a");
    EXPECT_EQ(schema_of(tree.branch), R"({"description":"d","type":"object","additionalProperties":false,"properties":)"
                                      R"({"a":{"description":"A.","type":"string","minLength":1}}})");
}

TEST(StructureTypes, TheSchemaOfAMappingAsksForWhatNoCommandCanDoWithout) {
    const auto required = [](Need need) {
        const Tree tree(group(), {"p.a", text(), "A.", need}, "a");
        return schema_of(tree.branch).find(R"("required":["a"])") != std::string::npos;
    };
    EXPECT_TRUE(required(Need::always));
    for (const Need need : {Need::no, Need::model, Need::input, Need::output})
        EXPECT_FALSE(required(need)) << "another command does without it";
}

TEST(StructureTypes, TheSchemaOfWhatMayBeATextHasBoth) {
    const Tree tree(group_or_text(), {"p.a", text_or_empty(), "A."}, "a");
    EXPECT_EQ(schema_of(tree.branch),
              R"({"description":"d","anyOf":[{"type":"string"},{"type":"object","additionalProperties":false,)"
              R"("properties":{"a":{"description":"A.","type":"string"}}}]})");
}

TEST(StructureTypes, TheSchemaOfAListIsThatOfItsItemsAndTheirNumber) {
    const Tree tree(list(1, 9), {"p[]", text(), "Item."}, "[]");
    EXPECT_EQ(schema_of(tree.branch), R"({"description":"d","type":"array","minItems":1,"maxItems":9,"items":)"
                                      R"({"description":"Item.","type":"string","minLength":1}})");
}

TEST(StructureTypes, TheSchemaOfNamesTakesWhatYamlMakesOfUnquotedTexts) {
    EXPECT_EQ(schema_of(text_map()),
              R"({"type":"object","additionalProperties":{"type":["string","number","boolean"]}})");
    EXPECT_EQ(schema_of(json_schema()), R"({"type":"object"})");
}

}  // namespace
}  // namespace prelabel::config
