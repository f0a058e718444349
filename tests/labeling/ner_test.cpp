#include <prelabel/labeling/prompt_template.hpp>
#include <prelabel/labeling/schema_validator.hpp>
#include <prelabel/labeling/task_kind.hpp>
#include <prelabel/llm/strict_subset.hpp>

#include <memory>
#include <set>
#include <string>
#include <xxhash.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidjson/document.h>

namespace prelabel::labeling {
namespace {

using testing::HasSubstr;

Task news(std::string own_schema = {}) {
    return {.name = "news-ner",
            .instructions = "Label every mention, also inside quotations.",
            .labels = {{"PER", "people, also fictional"}, {"ORG", ""}},
            .examples = {{"Ada said \"hi\" to Bob.", {{"PER", "Ada"}, {"PER", "Bob"}}}, {"Rain.", {}}},
            .own_schema = std::move(own_schema)};
}

std::unique_ptr<const TaskKind> ner(const Task& task) { return make_task_kind(task).value(); }

const std::string document = "Ada joined IBM. 🎉 Ada left.";

/// What became of an answer, in a line: entities with their code points, then what was set aside and why.
std::string outcome(const Findings& findings) {
    std::string line;
    for (const Entity& entity : findings.entities)
        line += entity.label + ' ' + entity.text + ' ' + std::to_string(entity.code_points.start) + "; ";
    for (const Discarded& discarded : findings.discarded)
        line += discarded.label + ' ' + discarded.text + ' ' + std::string(to_string(discarded.reason)) + "; ";
    return line;
}

std::string outcome(const Judgement& judgement) {
    if (const auto* judged = std::get_if<Judged>(&judgement))
        return (judged->cut_out ? "cut out: " : "good: ") + outcome(judged->findings);
    const auto& unusable = std::get<Unusable>(judgement);
    return (unusable.unreadable ? "unreadable: " : "unusable: ") + unusable.problem + " | " +
           outcome(unusable.findings);
}

const std::string ada = R"({"entities":[{"label":"PER","text":"Ada"}]})";
const std::string nul(1, '\0');

struct Answered {
    const char* name;
    std::string content;
    const char* outcome;  ///< begins so
};

class JudgedByNer : public testing::TestWithParam<Answered> {};

TEST_P(JudgedByNer, ComesOutAs) {
    const std::string found = outcome(ner(news())->judge(document, GetParam().content));
    EXPECT_THAT(found, testing::StartsWith(GetParam().outcome));
}

const std::vector<Answered> answers = {
    {"good", R"({"entities":[{"label":"PER","text":"Ada"},{"label":"ORG","text":"IBM"},{"label":"PER","text":"Ada"}]})",
     "good: PER Ada 0; ORG IBM 11; PER Ada 18; "},
    {"nothing_found", R"({"entities":[]})", "good: "},
    {"prose_around", "Sure:\n" + ada + "\nDone.", "cut out: PER Ada 0; "},
    {"code_fence", "```json\n" + ada + "\n```", "cut out: PER Ada 0; "},
    {"unknown_label", R"({"entities":[{"label":"LOC","text":"IBM"}]})", "good: LOC IBM unknown_label; "},
    {"partly_in_the_text", R"({"entities":[{"label":"PER","text":"Ada"},{"label":"PER","text":"Bob"}]})",
     "good: PER Ada 0; PER Bob not_in_text; "},
    {"nothing_in_the_text", R"({"entities":[{"label":"PER","text":"Bob"},{"label":"ORG","text":"ACM"}]})",
     "unusable: none of the entities stands in the document | PER Bob not_in_text; ORG ACM not_in_text; "},
    {"nothing_in_the_text_for_two_reasons",
     R"({"entities":[{"label":"PER","text":"Bob"},{"label":"LOC","text":"Ada"}]})",
     "good: PER Bob not_in_text; LOC Ada unknown_label; "},
    {"extra_key", R"({"entities":[{"label":"PER","text":"Ada","why":"x"}]})",
     "unusable: at /entities/0: only the keys \"label\" and \"text\" may be there. Allowed labels: \"PER\", \"ORG\". "
     "| "},
    {"extra_key_on_top", R"({"entities":[],"why":"x"})",
     "unusable: at the top: only the key \"entities\" may be there. Allowed labels: \"PER\", \"ORG\". | "},
    {"cut", ada.substr(0, ada.size() - 5), "unreadable: the JSON object is cut off before its end. | "},
    {"empty", "", "unreadable: the answer is empty or ends before it begins. | "},
    {"prose_only", "Ada is a person.", "unreadable: the answer holds no JSON object. | "},
    {"object_in_a_list", "[" + ada + "]", "cut out: PER Ada 0; "},
    {"list", R"([{"label":"PER","text":"Ada"}])", "good: PER Ada 0; "},
    {"other_keys", R"({"entities":[{"type":"PER","value":"Ada"}]})", "good: PER Ada 0; "},
    {"reasoning", "<think>Ada? {\"entities\":[]}</think>" + ada, "cut out: PER Ada 0; "},
    {"other_form", R"({"entities":["Ada"]})", "unreadable: at /entities/0: an entity must be an object "},
    {"nul", ada + nul, "unreadable: the answer holds a NUL byte. | "},
    {"escaped_nul", R"({"entities":[{"label":"PER","text":"Ada\u0000"}]})",
     "unreadable: at /entities/0: a string holds"},
    {"two_objects", ada + ' ' + ada, "unreadable: the answer holds two JSON objects; it must be one. | "},
};

INSTANTIATE_TEST_SUITE_P(Ner, JudgedByNer, testing::ValuesIn(answers),
                         [](const auto& row) { return std::string(row.param.name); });

TEST(Ner, AnOwnSchemaDecidesWhatElseAnAnswerHolds) {
    const auto kind = ner(news(R"({"properties":{"entities":{"maxItems":1,"items":{"required":["score"]}}}})"));
    EXPECT_EQ(outcome(kind->judge(document, R"({"entities":[{"label":"PER","text":"Ada","score":1}]})")),
              "good: PER Ada 0; ");
    const std::string refused = outcome(kind->judge(document, ada));
    EXPECT_THAT(refused, testing::StartsWith("unusable: at /entities/0: breaks \"required\""));
    EXPECT_THAT(refused, HasSubstr("Allowed labels: \"PER\", \"ORG\"."));
}

TEST(Ner, AnOwnSchemaThatCannotBeCompiledIsTheConfigurationsFault) {
    const auto kind = make_task_kind(news(R"({"type":5})"));
    ASSERT_TRUE(kind.has_error());
    EXPECT_EQ(kind.error().fault, Fault::config);
}

TEST(Ner, ItsOwnExampleAnswersAreGood) {
    const auto kind = ner(news());
    const Task task = news();
    EXPECT_EQ(outcome(kind->judge(task.examples[0].text, kind->example_answer(task.examples[0]))),
              "good: PER Ada 0; PER Bob 17; ");
    EXPECT_EQ(outcome(kind->judge(task.examples[1].text, kind->example_answer(task.examples[1]))), "good: ");
}

// Answers to other words would pass for answers to these: who means to change them changes the prompt's format too.
TEST(Ner, WordsOfThePromptChangeOnlyTogetherWithItsFormat) {
    const PromptTemplate prompt(news(), *ner(news()));
    std::string words;
    for (const llm::Message& message : prompt.preamble()) words += message.content + '\n';
    EXPECT_EQ(prompt_format(Kind::ner), "ner/1");
    EXPECT_EQ(XXH3_64bits(words.data(), words.size()), 0x7d3b75008d9871deU);
    EXPECT_EQ(news().version(), "d7ead0e40ea2");
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

TEST(Ner, GeneratedSchemaKeepsTheRulesOfStrictStructuredOutputs) {
    rapidjson::Document schema;
    schema.Parse(ner(news())->answer_schema().c_str());
    ASSERT_FALSE(schema.HasParseError());
    expect_strict(schema);
}

TEST(Ner, GeneratedSchemaAcceptsLabeledTextsAndNothingElse) {
    const auto schema = SchemaValidator::compile(ner(news())->answer_schema());
    ASSERT_TRUE(schema.has_value());
    EXPECT_FALSE(schema->violation(R"({"entities":[]})"));
    EXPECT_FALSE(schema->violation(R"({"entities":[{"label":"PER","text":"Ada"},{"label":"ORG","text":"IBM"}]})"));
    EXPECT_TRUE(schema->violation(R"({"entities":[{"label":"LOC","text":"Ada"}]})"));
    EXPECT_TRUE(schema->violation(R"({"entities":[{"label":"PER"}]})"));
    EXPECT_TRUE(schema->violation(R"({})"));
}

TEST(Ner, LabelsWithQuotesStayInsideTheSchema) {
    Task task = news();
    task.labels = {{"a\"],\"x\":[\"", ""}};
    const auto schema = SchemaValidator::compile(ner(task)->answer_schema());
    ASSERT_TRUE(schema.has_value());
    EXPECT_FALSE(schema->violation(R"({"entities":[{"label":"a\"],\"x\":[\"","text":"Ada"}]})"));
}

TEST(Ner, OwnSchemaIsTheAnswerSchema) {
    Task task = news();
    task.own_schema = R"({"type":"object"})";
    EXPECT_EQ(ner(task)->answer_schema(), task.own_schema);
}

TEST(Ner, AProviderEnforcesTheSchemaMadeFromLabelsItself) {
    Task task;
    task.labels = {{"PER", ""}, {"ORG", ""}};
    EXPECT_EQ(llm::outside_strict_subset(ner(task)->answer_schema()), std::nullopt);
}

}  // namespace
}  // namespace prelabel::labeling
