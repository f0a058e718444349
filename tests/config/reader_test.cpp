#include "config/reader.hpp"

#include "config/types.hpp"

#include <prelabel/base/redaction.hpp>

#include <map>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace prelabel::config {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

/// One field of each kind, in a table of its own: what the product's keys are is none of this test's business.
const std::vector<Field>& fields() {
    static const std::vector<Field> all = {
        {.path = "name", .type = text(), .description = "", .need = Need::always},
        {.path = "model.url", .type = url("llm.api_key"), .description = "", .need = Need::model},
        {.path = "model.count", .type = integer(1, 9), .description = ""},
        {.path = "model.price", .type = number_or_null(0, 1), .description = "", .advice = "ask your provider"},
        {.path = "model.note", .type = text_or_empty(), .description = ""},
        {.path = "model.cert", .type = path(), .description = ""},
        {.path = "key", .type = group(), .description = "", .advice = "write {env: NAME}", .secret = true},
        {.path = "key.env", .type = variable(), .description = "", .secret = true},
        {.path = "input.topic", .type = text(), .description = "", .need = Need::input},
        {.path = "input.properties", .type = text_map(), .description = ""},
        {.path = "output.topic", .type = text(), .description = "", .need = Need::output},
        {.path = "labels", .type = list(1, 3), .description = ""},
        {.path = "labels[]", .type = group_or_text(), .description = ""},
        {.path = "labels[].name", .type = text(), .description = "", .need = Need::always},
        {.path = "labels[].weight", .type = number(0, 1), .description = ""},
        {.path = "schema", .type = json_schema(), .description = ""},
    };
    return all;
}

constexpr Needs nothing{.model = false, .input = false, .output = false};

Environment environment() {
    return [](const std::string& name) -> std::optional<std::string> {
        static const std::map<std::string, std::string> all = {
            {"COUNT", "7"}, {"HOST", "https://host/v1"}, {"MANY", "many-of-them"}, {"TOPIC", "t"}};
        const auto found = all.find(name);
        return found == all.end() ? std::nullopt : std::optional(found->second);
    };
}

struct Outcome {
    std::vector<Assignment> assignments;
    std::string complaints;

    [[nodiscard]] const Value* find(const std::string& key) const {
        for (const auto& assignment : assignments)
            if (assignment.key == key) return &assignment.value;
        return nullptr;
    }
    template <class T>
    [[nodiscard]] T at(const std::string& key) const {
        const Value* value = find(key);
        EXPECT_NE(value, nullptr) << key;
        if (value == nullptr || !std::holds_alternative<T>(*value)) throw std::runtime_error(key + " is not that");
        return std::get<T>(*value);
    }
};

Outcome read(const std::string& yaml, const Needs& needs = nothing, bool expands = true) {
    static const Environment known = environment();
    Problems problems;
    const auto root = parse_yaml(yaml, "conf/f.yaml", {}, problems);
    EXPECT_TRUE(root.has_value()) << yaml;
    Reader reader(fields(), {"conf/f.yaml", expands ? &known : nullptr, needs}, problems);
    auto assignments = reader.read(root.value_or(Node{}));
    return {std::move(assignments), to_string(problems)};
}

/// What is said about one wrong line below a right one.
std::string complaint(const std::string& yaml) { return read("name: n\n" + yaml).complaints; }

TEST(Reader, GivesEveryValueItsKeyAndItsKind) {
    const auto outcome = read(R"(name: n
model: {url: "https://h/", count: 3, price: 0.5, note: "", cert: ca.pem}
key: {env: KEY}
input: {topic: a, properties: {x.y: z, n: 5}}
labels: [PER, {name: ORG, weight: 0.5}]
schema: {type: object}
)");
    EXPECT_EQ(outcome.complaints, "");
    EXPECT_EQ(outcome.at<std::string>("name"), "n");
    EXPECT_EQ(outcome.at<std::string>("model.url"), "https://h");
    EXPECT_EQ(outcome.at<std::int64_t>("model.count"), 3);
    EXPECT_EQ(outcome.at<double>("model.price"), 0.5);
    EXPECT_EQ(outcome.at<std::string>("model.note"), "");
    EXPECT_EQ(outcome.at<std::string>("model.cert"), "conf/ca.pem") << "beside the file it is written in";
    EXPECT_EQ(outcome.at<std::string>("key.env"), "KEY");
    EXPECT_EQ(outcome.at<TextMap>("input.properties"), (TextMap{{"n", "5"}, {"x.y", "z"}}));
    EXPECT_EQ(outcome.at<std::string>("labels[0]"), "PER");
    EXPECT_EQ(outcome.at<std::string>("labels[1].name"), "ORG");
    EXPECT_EQ(outcome.at<double>("labels[1].weight"), 0.5);
    EXPECT_EQ(outcome.at<SchemaSource>("schema").json, R"({"type":"object"})");
}

TEST(Reader, KeepsTheOrderOfTheFile) {
    std::vector<std::string> keys;
    for (const auto& assignment : read("model: {count: 3, url: 'https://h'}\nname: n\ninput: {topic: t}\n").assignments)
        keys.push_back(assignment.key);
    EXPECT_THAT(keys, ElementsAre("model.count", "model.url", "name", "input.topic"));
}

TEST(Reader, NamesTheFieldAndThePlaceOfWhatItRead) {
    const auto outcome = read("name: n\nlabels:\n  - {name: ORG}\n");
    const auto& last = outcome.assignments.back();
    EXPECT_EQ(last.key, "labels[0].name");
    EXPECT_EQ(fields()[last.field].path, "labels[].name");
    EXPECT_EQ(last.place.line, 3U);
    EXPECT_EQ(last.place.column, 12U);
}

struct Mistake {
    const char* yaml;
    const char* says;
};

TEST(Reader, SaysWhereAndWhatAndWhatWasExpected) {
    const std::vector<Mistake> mistakes = {
        {"model: {count: many}", "conf/f.yaml:2:16: model.count: found \"many\"; expected an integer from 1 to 9\n"},
        {"model: {count: 10}", "conf/f.yaml:2:16: model.count: found \"10\"; expected an integer from 1 to 9\n"},
        {"model: {count: '3'}",
         "conf/f.yaml:2:16: model.count: found \"3\"; expected an integer from 1 to 9; remove the quotes\n"},
        {"model: {count: [3]}", "conf/f.yaml:2:16: model.count: found a list; expected an integer from 1 to 9\n"},
        {"model: {count: {a: 3}}", "conf/f.yaml:2:16: model.count: found a mapping; expected an integer from 1 to 9\n"},
        {"model: {count: }", "conf/f.yaml:2:9: model.count: has no value; expected an integer from 1 to 9\n"},
        {"model: {price: 2}",
         "conf/f.yaml:2:16: model.price: found \"2\"; expected a number from 0 to 1, or null; ask your provider\n"},
        {"model: 5", "conf/f.yaml:2:8: model: found \"5\"; expected a mapping\n"},
        {"model: [5]", "conf/f.yaml:2:8: model: found a list; expected a mapping\n"},
        {"input: {properties: [a]}",
         "conf/f.yaml:2:21: input.properties: found a list; expected a mapping of names to texts\n"},
        {"input: {properties: {a: [b]}}",
         "conf/f.yaml:2:25: input.properties.a: is not a text; expected a text, a number or true or false\n"},
        {"input: {properties: {a: }}",
         "conf/f.yaml:2:22: input.properties.a: has no value; expected a text, a number or true or false\n"},
        {"labels: PER", "conf/f.yaml:2:9: labels: found \"PER\"; expected a list\n"},
        {"labels: []", "conf/f.yaml:2:9: labels: has 0 items; expected from 1 to 3\n"},
        {"labels: [A, B, C, D]", "conf/f.yaml:2:9: labels: has 4 items; expected from 1 to 3\n"},
        {"labels: [A, [B]]", "conf/f.yaml:2:13: labels[1]: found a list; expected a mapping or a text\n"},
        {"labels: [A, {weight: 1}]", "conf/f.yaml:2:13: labels[1].name: is missing; expected a text, not empty\n"},
        {"labels: [{name: A, weight: 2}]",
         "conf/f.yaml:2:28: labels[0].weight: found \"2\"; expected a number from 0 to 1\n"},
        {"schema: text",
         "conf/f.yaml:2:9: schema: found \"text\"; expected a JSON Schema as a mapping, or {file: path}\n"},
    };
    for (const auto& [yaml, says] : mistakes) EXPECT_EQ(complaint(yaml), says) << yaml;
}

TEST(Reader, SaysWhichKeyWasMeant) {
    EXPECT_EQ(complaint("model: {cuont: 3}"),
              "conf/f.yaml:2:9: model.cuont: is not a known key; did you mean `count`? Expected one of url, count, "
              "price, note, cert\n");
    EXPECT_THAT(complaint("count: 3"), HasSubstr("did you mean `model.count`?")) << "it is known elsewhere";
    EXPECT_THAT(complaint("labels: [{nam: A, name: B}]"),
                HasSubstr("labels[0].nam: is not a known key; did you mean `name`? "
                          "Expected one of name, weight"));
    EXPECT_THAT(complaint("xyzzyxyzzy: 1"),
                HasSubstr("expected one of name, model, key, input, output, labels, schema\n"))
        << "nothing is near: no guess";
    EXPECT_THAT(complaint("\"model.count\": 3"), HasSubstr("model.count: is not a known key")) << "one key with a dot";
    EXPECT_THAT(complaint("\"labels[]\": 3"), HasSubstr("labels[]: is not a known key"));
}

TEST(Reader, NamesABlankThatIsMissing) {
    EXPECT_THAT(complaint("key: {env:NAME}"), HasSubstr("; write {env: …}, with a blank behind the colon\n"));
    EXPECT_THAT(complaint("model: {count:3}"), HasSubstr("model.count:3: is not a known key; "));
}

TEST(Reader, TellsEverythingAtOnceAndStillReadsTheRest) {
    const auto outcome = read("name: n\nmodel: {count: many, cuont: 1, price: 0.5}\ninput: {topic: []}\n");
    EXPECT_EQ(std::ranges::count(outcome.complaints, '\n'), 3);
    EXPECT_EQ(outcome.at<double>("model.price"), 0.5);
    EXPECT_EQ(outcome.find("model.count"), nullptr) << "what is wrong is not read";
}

TEST(Reader, AsksForWhatTheCommandNeedsAndOnlyThat) {
    EXPECT_EQ(read("{}", nothing).complaints, "conf/f.yaml:1:1: name: is missing; expected a text, not empty\n");
    const std::string named = "name: n\n";
    EXPECT_EQ(read(named, nothing).complaints, "");
    EXPECT_EQ(read(named, {.model = true, .input = false, .output = false}).complaints,
              "conf/f.yaml:1:1: model.url: is missing; expected an address such as https://api.openai.com/v1\n");
    EXPECT_EQ(read(named, {.model = false, .input = true, .output = false}).complaints,
              "conf/f.yaml:1:1: input.topic: is missing; expected a text, not empty\n");
    EXPECT_EQ(read(named, {.model = false, .input = false, .output = true}).complaints,
              "conf/f.yaml:1:1: output.topic: is missing; expected a text, not empty\n");
    EXPECT_EQ(read("name: n\nmodel:\n  count: 3\n", {.model = true, .input = false, .output = false}).complaints,
              "conf/f.yaml:3:3: model.url: is missing; expected an address such as https://api.openai.com/v1\n")
        << "at the mapping that lacks it";
}

TEST(Reader, NullIsAValueOnlyWhereItMayBe) {
    const auto outcome = read("name: n\nmodel: {price: null, note: }\nlabels:\n");
    EXPECT_TRUE(std::holds_alternative<std::monostate>(*outcome.find("model.price")));
    EXPECT_EQ(outcome.at<std::string>("model.note"), "");
    EXPECT_EQ(outcome.complaints, "conf/f.yaml:3:1: labels: has 0 items; expected from 1 to 3\n");
    EXPECT_EQ(read("name: n\nmodel:\ninput:\n").complaints, "") << "an empty group says nothing";
    EXPECT_THAT(complaint("input: {topic: null}"), HasSubstr("input.topic: has no value"));
}

TEST(Reader, ExpandsVariablesAndChecksWhatTheyHold) {
    const auto outcome = read(
        "name: ${TOPIC}-x\nmodel: {url: \"${HOST}\", count: \"${COUNT}\"}\n"
        "input: {properties: {a: \"${TOPIC}\"}}\n");
    EXPECT_EQ(outcome.complaints, "");
    EXPECT_EQ(outcome.at<std::string>("name"), "t-x");
    EXPECT_EQ(outcome.at<std::string>("model.url"), "https://host/v1");
    EXPECT_EQ(outcome.at<std::int64_t>("model.count"), 7) << "a variable has no quotes to remove";
    EXPECT_EQ(outcome.at<TextMap>("input.properties").at("a"), "t");
    EXPECT_EQ(
        complaint("model: {count: \"${MANY}\"}"),
        "conf/f.yaml:2:16: model.count: found \"${MANY}\" and, expanded, something else; expected an integer from "
        "1 to 9\n");
    EXPECT_THAT(
        complaint("input: {topic: \"${NO_SUCH}\"}"),
        HasSubstr("conf/f.yaml:2:16: input.topic: the environment variable NO_SUCH is not set; set it, or give a "
                  "default: ${NO_SUCH:-default}\n"));
}

TEST(Reader, WithoutAnEnvironmentDollarsAreDollars) {
    EXPECT_EQ(read("name: ${TOPIC} $$5\n", nothing, false).at<std::string>("name"), "${TOPIC} $$5");
}

TEST(Reader, NeverShowsWhatStandsWhereASecretBelongs) {
    for (const char* yaml : {"key: sk-live-4242-quux", "key: {env: sk-live-4242-quux}", "key: {sk-live-4242-quux: x}",
                             "key: {sk-live-4242-quux}", "model: {url: \"https://me:sk-live-4242-quux@host\"}",
                             "model: {url: \"ftp://me:sk-live-4242-quux@host\"}",
                             "input: {properties: \"sasl.password=sk-live-4242-quux\"}"}) {
        const std::string text = complaint(yaml);
        EXPECT_NE(text, "") << yaml;
        EXPECT_EQ(text.find("4242-quux"), std::string::npos) << text;
    }
    EXPECT_THAT(complaint("key: sk-live-4242-quux"), HasSubstr("expected a mapping; write {env: NAME}"));
}

// Its own message does not show it; another library's may, later.
TEST(Reader, KeepsAKeyThatStandsWhereItsVariablesNameBelongs) {
    static_cast<void>(complaint("key: {env: 9x7-vqzm-8181-kyo}"));
    EXPECT_EQ(redacted("refused: 9x7-vqzm-8181-kyo"), "refused: ***");
}

TEST(Reader, ShowsLongValuesShortAndOnOneLine) {
    const std::string text =
        complaint("model: {count: \"" + std::string(40, 'x') + "\\n" + std::string(40, 'y') + "\"}");
    EXPECT_THAT(text, HasSubstr("found \"" + std::string(40, 'x') + ' ' + std::string(19, 'y') + "…\""));
    EXPECT_EQ(std::ranges::count(text, '\n'), 1);
    const std::string wide = complaint("model: {count: \"" + std::string(59, 'x') + "éé\"}");
    EXPECT_THAT(wide, HasSubstr("found \"" + std::string(59, 'x') + "…\"")) << "never half a character";
}

TEST(Reader, ASchemaIsInlineOrInAFile) {
    const auto in_file = read("name: n\nschema: {file: s.json}\n").at<SchemaSource>("schema");
    EXPECT_EQ(in_file.file, "conf/s.json");
    EXPECT_EQ(in_file.json, "");
    const auto inlined = read("name: n\nschema: {file: s.json, type: object}\n").at<SchemaSource>("schema");
    EXPECT_EQ(inlined.file, "") << "a schema may have a property of that name";
    EXPECT_EQ(inlined.json, R"({"file":"s.json","type":"object"})");
}

TEST(Reader, PathsStayAsTheyAreWhenTheyAreAbsolute) {
    EXPECT_EQ(read("name: n\nmodel: {cert: /etc/ca.pem}\n").at<std::string>("model.cert"), "/etc/ca.pem");
    EXPECT_EQ(read("name: n\nmodel: {cert: ../ca.pem}\n").at<std::string>("model.cert"), "ca.pem");
}

TEST(Reader, SaysThatTheWholeIsNoMapping) {
    EXPECT_EQ(read("- a\n").complaints, "conf/f.yaml:1:1: found a list; expected a mapping\n");
    EXPECT_EQ(read("words\n").complaints, "conf/f.yaml:1:1: found \"words\"; expected a mapping\n");
}

}  // namespace
}  // namespace prelabel::config
