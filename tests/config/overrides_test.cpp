#include "config/overrides.hpp"

#include "config/types.hpp"
#include "config/yaml_json.hpp"

#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace prelabel::config {
namespace {

const std::vector<Field>& fields() {
    static const std::vector<Field> all = {
        {"llm.model", text(), ""},
        {"llm.limits.max_in_flight", integer(1, 100), ""},
        {"input.properties", text_map(), ""},
    };
    return all;
}

struct Outcome {
    std::string json;
    std::string complaints;
};

Outcome overridden(const std::string& yaml, const std::vector<std::string>& overrides) {
    Problems problems;
    auto root = parse_yaml(yaml, "f.yaml", {}, problems);
    EXPECT_TRUE(root.has_value());
    apply_overrides(overrides, fields(), *root, problems);
    return {to_json(*root), to_string(problems)};
}

TEST(Overrides, StandOverWhatTheFileSays) {
    const struct {
        const char* file;
        std::vector<std::string> overrides;
        const char* json;
    } cases[] = {
        {"{llm: {model: a}}", {"llm.model=b"}, R"({"llm":{"model":"b"}})"},
        {"{llm: {model: a, x: 1}}", {"llm.model=b"}, R"({"llm":{"model":"b","x":1}})"},
        {"{llm: {model: a}}", {"llm.limits.max_in_flight=4"}, R"({"llm":{"model":"a","limits":{"max_in_flight":4}}})"},
        {"{a: 1}", {"llm.model=b"}, R"({"a":1,"llm":{"model":"b"}})"},
        {"{llm: }", {"llm.model=b"}, R"({"llm":{"model":"b"}})"},
        {"{llm: text}", {"llm.model=b"}, R"({"llm":{"model":"b"}})"},
        {"{llm: [1]}", {"llm.model=b"}, R"({"llm":{"model":"b"}})"},
        {"{llm: {model: {x: 1}}}", {"llm.model=b"}, R"({"llm":{"model":"b"}})"},
        // later ones win
        {"{}", {"llm.model=a", "llm.model=b"}, R"({"llm":{"model":"b"}})"},
        {"{}", {"llm={model: a}", "llm.model=b"}, R"({"llm":{"model":"b"}})"},
        {"{}", {"llm.model=b", "llm={x: 1}"}, R"({"llm":{"x":1}})"},
        // values are YAML
        {"{}", {"llm={model: a, limits: {max_in_flight: 2}}"}, R"({"llm":{"model":"a","limits":{"max_in_flight":2}}})"},
        {"{}", {"llm.model=null"}, R"({"llm":{"model":null}})"},
        {"{}", {"llm.model=\"5\""}, R"({"llm":{"model":"5"}})"},
        {"{}", {"llm.model=[a, b]"}, R"({"llm":{"model":["a","b"]}})"},
        {"{}", {"llm.model="}, R"({"llm":{"model":""}})"},
        {"{llm: {model: a}}", {"llm.model=  "}, R"({"llm":{"model":""}})"},
        {"{}", {"llm.model=a=b=c"}, R"({"llm":{"model":"a=b=c"}})"},
        // the names of a mapping of names have dots of their own
        {"{}", {"input.properties.sasl.password=x"}, R"({"input":{"properties":{"sasl.password":"x"}}})"},
        {"{input: {properties: {sasl.password: y, a: b}}}",
         {"input.properties.sasl.password=x"},
         R"({"input":{"properties":{"sasl.password":"x","a":"b"}}})"},
        {"{}", {"input.properties={a.b: c}"}, R"({"input":{"properties":{"a.b":"c"}}})"},
        // what is not known is put there all the same: the check of the whole tells
        {"{}", {"no.such.key=1"}, R"({"no":{"such":{"key":1}}})"},
        {"{a: 1}", {}, R"({"a":1})"},
    };
    for (const auto& [file, overrides, json] : cases) {
        const auto outcome = overridden(file, overrides);
        EXPECT_EQ(outcome.json, json) << file << ' ' << testing::PrintToString(overrides);
        EXPECT_EQ(outcome.complaints, "") << file << ' ' << testing::PrintToString(overrides);
    }
}

TEST(Overrides, SayWhatIsWrongWithThemselvesAndChangeNothing) {
    const std::string expected = "; expected --set key=value, for example --set llm.limits.max_in_flight=64\n";
    const std::vector<std::pair<std::string, std::string>> cases = {
        {"llm.model", "--set llm.model: has no value" + expected},
        {"=5", "--set : names no key" + expected},
        {".=5", "--set .: names no key" + expected},
        {"llm.=5", "--set llm.: names no key" + expected},
        {".llm=5", "--set .llm: names no key" + expected},
        {"llm..model=5", "--set llm..model: names no key" + expected},
        {"input.properties.=5", "--set input.properties.: names no key" + expected},
    };
    for (const auto& [argument, complaint] : cases) {
        const auto outcome = overridden("{a: 1}", {argument});
        EXPECT_EQ(outcome.complaints, complaint);
        EXPECT_EQ(outcome.json, R"({"a":1})") << argument;
    }
}

TEST(Overrides, SayWhenAValueIsNoYaml) {
    const auto outcome = overridden("{a: 1}", {"llm.model=[1, 2", "llm.limits.max_in_flight=3"});
    EXPECT_TRUE(outcome.complaints.starts_with("--set llm.model: is not valid YAML: ")) << outcome.complaints;
    EXPECT_EQ(outcome.json, R"({"a":1,"llm":{"limits":{"max_in_flight":3}}})") << "the others count";
}

TEST(Overrides, RememberThatTheyWereTypedAndNotRead) {
    Problems problems;
    auto root = parse_yaml("{llm: {x: 1}}", "f.yaml", {}, problems);
    apply_overrides(std::vector<std::string>{"llm.model=a"}, fields(), *root, problems);
    EXPECT_EQ(root->find("llm")->find("model")->place.option, "--set llm.model");
    EXPECT_EQ(root->find("llm")->find("x")->place.option, "");
    EXPECT_EQ(to_string(problem_at("f.yaml", root->find("llm")->find("model")->place)), "--set llm.model: ");
}

}  // namespace
}  // namespace prelabel::config
