#include <prelabel/labeling/schema_validator.hpp>
#include <prelabel/labeling/task.hpp>
#include <prelabel/llm/strict_subset.hpp>

#include <functional>
#include <set>

#include <gtest/gtest.h>
#include <rapidjson/document.h>

namespace prelabel::labeling {
namespace {

Task news() {
    return {.name = "news-ner",
            .instructions = "Label every mention, also inside quotations.",
            .labels = {{"PER", "people, also fictional"}, {"ORG", "companies, agencies, teams"}},
            .examples = {{"Ada joined IBM.", {{"PER", "Ada"}, {"ORG", "IBM"}}}},
            .own_schema = {}};
}

TEST(Task, VersionIsTwelveLowerCaseHexDigitsAndStable) {
    EXPECT_EQ(news().version().size(), 12U);
    EXPECT_EQ(news().version().find_first_not_of("0123456789abcdef"), std::string::npos);
    EXPECT_EQ(news().version(), news().version());
}

TEST(Task, VersionChangesWithEverythingThatShapesPromptOrAnswer) {
    const std::vector<std::function<void(Task&)>> changes = {
        [](Task& task) { task.instructions += '.'; },
        [](Task& task) { task.labels[0].name = "PERSON"; },
        [](Task& task) { task.labels[0].description.clear(); },
        [](Task& task) { std::swap(task.labels[0], task.labels[1]); },
        [](Task& task) { task.labels.push_back({"LOC", ""}); },
        [](Task& task) { task.examples[0].text += '!'; },
        [](Task& task) { task.examples[0].entities[1].text = "ibm"; },
        [](Task& task) { task.examples[0].entities[1].label = "PER"; },
        [](Task& task) { task.examples.clear(); },
        [](Task& task) { task.own_schema = "{}"; },
    };
    std::set<std::string> versions = {news().version()};
    for (const auto& change : changes) {
        Task task = news();
        change(task);
        EXPECT_TRUE(versions.insert(task.version()).second) << versions.size();
    }
}

TEST(Task, VersionIsBlindToTheNameOnly) {
    Task renamed = news();
    renamed.name = "another";
    EXPECT_EQ(renamed.version(), news().version());
}

TEST(Task, VersionDoesNotConfuseNeighbouringTexts) {
    Task left = news();
    Task right = news();
    left.labels[0] = {"AB", "C"};
    right.labels[0] = {"A", "BC"};
    EXPECT_NE(left.version(), right.version());
}

// The rules of OpenAI's strict structured outputs, checked at every object of the schema.
void expect_strict(const rapidjson::Value& schema) {
    ASSERT_TRUE(schema.IsObject());
    for (const auto& member : schema.GetObject()) {
        const std::string key = member.name.GetString();
        EXPECT_TRUE(std::set<std::string>({"type", "properties", "items", "enum", "required", "additionalProperties"})
                        .contains(key))
            << key;
    }
    if (schema["type"] == "array") expect_strict(schema["items"]);
    if (schema["type"] != "object") return;
    EXPECT_TRUE(schema["additionalProperties"].IsFalse());
    EXPECT_EQ(schema["required"].Size(), schema["properties"].MemberCount());
    for (const auto& name : schema["required"].GetArray())
        EXPECT_TRUE(schema["properties"].HasMember(name.GetString()));
    for (const auto& member : schema["properties"].GetObject()) expect_strict(member.value);
}

TEST(Task, GeneratedSchemaKeepsTheRulesOfStrictStructuredOutputs) {
    rapidjson::Document schema;
    schema.Parse(news().answer_schema().c_str());
    ASSERT_FALSE(schema.HasParseError());
    expect_strict(schema);
}

TEST(Task, GeneratedSchemaAcceptsLabeledTextsAndNothingElse) {
    const auto schema = SchemaValidator::compile(news().answer_schema());
    ASSERT_TRUE(schema.has_value());
    EXPECT_FALSE(schema->violation(R"({"entities":[]})"));
    EXPECT_FALSE(schema->violation(R"({"entities":[{"label":"PER","text":"Ada"},{"label":"ORG","text":"IBM"}]})"));
    EXPECT_TRUE(schema->violation(R"({"entities":[{"label":"LOC","text":"Ada"}]})"));
    EXPECT_TRUE(schema->violation(R"({"entities":[{"label":"PER"}]})"));
    EXPECT_TRUE(schema->violation(R"({})"));
}

TEST(Task, LabelsWithQuotesStayInsideTheSchema) {
    Task task = news();
    task.labels = {{"a\"],\"x\":[\"", ""}};
    const auto schema = SchemaValidator::compile(task.answer_schema());
    ASSERT_TRUE(schema.has_value());
    EXPECT_FALSE(schema->violation(R"({"entities":[{"label":"a\"],\"x\":[\"","text":"Ada"}]})"));
}

TEST(Task, OwnSchemaIsTheAnswerSchema) {
    Task task = news();
    task.own_schema = R"({"type":"object"})";
    EXPECT_EQ(task.answer_schema(), task.own_schema);
}

TEST(Task, AProviderEnforcesTheSchemaMadeFromLabelsItself) {
    Task task;
    task.labels = {{"PER", ""}, {"ORG", ""}};
    EXPECT_EQ(llm::outside_strict_subset(task.answer_schema()), std::nullopt);
}

}  // namespace
}  // namespace prelabel::labeling
