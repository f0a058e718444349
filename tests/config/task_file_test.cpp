#include "files.hpp"

#include <gmock/gmock.h>

namespace prelabel::config {
namespace {

using ::testing::HasSubstr;

class TaskFile : public ConfigFiles {
protected:
    static std::string task_with(const std::string& from, const std::string& to) {
        return changed(task_yaml, from, to);
    }
};

TEST_F(TaskFile, IsReadIntoATask) {
    const auto task = load_task(write("t.yaml", task_yaml));
    ASSERT_TRUE(task) << to_string(task.error());
    EXPECT_EQ(task->name, "news-ner");
    EXPECT_EQ(task->instructions, "Label every mention.");
    EXPECT_EQ(task->examples[0].entities[0], (labeling::Mention{"PER", "Ada"}));
    EXPECT_EQ(task->own_schema, "");
}

TEST_F(TaskFile, KeepsDollarsBecauseItsVersionMustNotDependOnTheEnvironment) {
    const auto task = load_task(write("t.yaml", task_with("Label every mention.", "\"Prices: $$5, ${HOME}\"")));
    ASSERT_TRUE(task) << to_string(task.error());
    EXPECT_EQ(task->instructions, "Prices: $$5, ${HOME}");
}

TEST_F(TaskFile, TakesWordsThatYamlWouldReadAsSomethingElse) {
    const auto task = load_task(write("t.yaml", "name: 2026\nkind: ner\nlabels: [no, 007, true]\ninstructions:\n"));
    ASSERT_TRUE(task) << to_string(task.error());
    EXPECT_EQ(task->name, "2026");
    EXPECT_EQ(task->labels[0].name, "no");
    EXPECT_EQ(task->labels[1].name, "007");
    EXPECT_EQ(task->labels[2].name, "true");
}

TEST_F(TaskFile, TakesAnOwnSchemaInlineOrFromAFile) {
    const auto inlined = load_task(write("t.yaml", std::string(task_yaml) + R"(schema:
  type: object
  maxProperties: 5
  additionalProperties: false
  properties: {n: {type: number, minimum: 0.5}, s: {const: "5"}, e: {enum: [null, 1]}}
)"));
    ASSERT_TRUE(inlined) << to_string(inlined.error());
    EXPECT_EQ(inlined->own_schema, R"({"type":"object","maxProperties":5,"additionalProperties":false,"properties":)"
                                   R"({"n":{"type":"number","minimum":0.5},"s":{"const":"5"},"e":{"enum":[null,1]}}})");
    write("answer.json", R"({"type": "object"})");
    const auto from_file = load_task(write("t.yaml", std::string(task_yaml) + "schema: {file: answer.json}\n"));
    ASSERT_TRUE(from_file) << to_string(from_file.error());
    EXPECT_EQ(from_file->own_schema, R"({"type": "object"})");
}

TEST_F(TaskFile, SaysWhatIsWrongWithASchemaFile) {
    const std::string task = std::string(task_yaml) + "schema: {file: answer.json}\n";
    EXPECT_THAT(task_complaints(task), HasSubstr("t.yaml:9:16: schema: answer.json cannot be read: No such file"));
    write("answer.json", "{\"type\": }");
    EXPECT_THAT(task_complaints(task), HasSubstr("answer.json is not JSON: Invalid value. At byte 9"));
    write("answer.json", std::string(1'000, '['));
    EXPECT_THAT(task_complaints(task), HasSubstr("answer.json is nested deeper than 64 levels"));
    EXPECT_THAT(task_complaints(std::string(task_yaml) + "schema: 5\n"),
                HasSubstr("t.yaml:9:9: schema: found \"5\"; expected a JSON Schema as a mapping, or {file: path}"));
}

TEST_F(TaskFile, SaysEachMistakeWithItsPlace) {
    struct Mistake {
        const char* from;
        const char* to;
        const char* says;
    };
    const Mistake mistakes[] = {
        {"kind: ner", "kind: relations",
         "t.yaml:2:7: kind: `relations` is not available in this version; expected ner"},
        {"kind: ner", "kind: nre", "t.yaml:2:7: kind: found \"nre\"; did you mean `ner`? Expected ner"},
        {"kind: ner\n", "", "t.yaml:1:1: kind: is missing; expected ner"},
        {"name: news-ner", "name: ''", "t.yaml:1:7: name: is empty"},
        {"name: news-ner", "title: news-ner", "t.yaml:1:1: title: is not a known key"},
        {"- ORG", "- PER", "t.yaml:6:5: labels[1]: the label `PER` is given twice; remove one of them"},
        {"- ORG", "- {nmae: ORG}",
         "t.yaml:6:6: labels[1].nmae: is not a known key; did you mean `name`? Expected one of name, description"},
        {"- ORG", "- {description: x}", "t.yaml:6:5: labels[1].name: is missing"},
        {"- ORG", "- ''", "t.yaml:6:5: labels[1]: found \"\"; expected a mapping or a text"},
        {"- ORG", "- [ORG]", "t.yaml:6:5: labels[1]: found a list; expected a mapping or a text"},
        {"{label: ORG, text: IBM}", "{label: OGR, text: IBM}",
         ".label: `OGR` is not a label of this task; did you mean `ORG`? Expected one of PER, ORG"},
        {"{label: ORG, text: IBM}", "{label: ORG, text: ibm}",
         "examples[0].entities[1].text: these words do not stand in the example's text"},
        {"{label: ORG, text: IBM}", "{label: ORG}", "examples[0].entities[1].text: is missing"},
        {"text: \"Ada joined IBM.\", ", "", "t.yaml:8:5: examples[0].text: is missing"},
        {"examples:\n", "examples: 5 #\n", "t.yaml:"},
        {"instructions: Label every mention.", "instructions: {a: b}",
         "instructions: found a mapping; expected a text"},
        {"instructions:", "votes: 3\ninstructions:",
         "t.yaml:3:1: votes: is not a known key; expected one of name, kind"},
    };
    for (const auto& mistake : mistakes) {
        SCOPED_TRACE(std::string(mistake.from) + " -> " + mistake.to);
        EXPECT_THAT(task_complaints(task_with(mistake.from, mistake.to)), HasSubstr(mistake.says));
    }
    EXPECT_THAT(task_complaints("name: a\nkind: ner\nlabels: []\n"),
                HasSubstr("t.yaml:3:9: labels: has 0 items; expected from 1 to 1000"));
    EXPECT_THAT(task_complaints("name: a\nkind: ner\nlabels: PER\n"),
                HasSubstr("labels: found \"PER\"; expected a list"));
}

}  // namespace
}  // namespace prelabel::config
