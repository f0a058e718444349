#include "config/yaml_json.hpp"
#include "files.hpp"

#include <prelabel/config/reference.hpp>
#include <prelabel/labeling/schema_validator.hpp>

#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace prelabel::config {
namespace {

/// The published schemas beside the program: an editor that checks by one, and `prelabel check`, must be of one opinion
/// of a file, as far as a schema can have one.
class SchemaAgreement : public ConfigFiles {
protected:
    static std::string as_json(const std::string& yaml) {
        Problems problems;
        const auto root = parse_yaml(yaml, "f.yaml", {}, problems);
        EXPECT_TRUE(root && problems.list.empty()) << yaml;
        return to_json(root.value_or(Node{}));
    }
    static std::optional<std::string> violation(const std::string& schema, const std::string& yaml) {
        static std::map<std::string, labeling::SchemaValidator> compiled;
        auto known = compiled.find(schema);
        if (known == compiled.end())
            known = compiled.emplace(schema, labeling::SchemaValidator::compile(schema).value()).first;
        return known->second.violation(as_json(yaml));
    }
    void expect_taken(const std::string& yaml) {
        EXPECT_EQ(complaints(yaml), "") << yaml;
        EXPECT_EQ(violation(config_schema_json(), yaml), std::nullopt) << yaml;
    }
    void expect_refused(const std::string& yaml) {
        EXPECT_NE(complaints(yaml), "") << yaml;
        EXPECT_NE(violation(config_schema_json(), yaml), std::nullopt) << yaml;
    }
};

TEST_F(SchemaAgreement, BothTakeACompleteFile) {
    expect_taken(config_yaml);
    EXPECT_EQ(violation(task_schema_json(), task_yaml), std::nullopt);
}

TEST_F(SchemaAgreement, BothTakeEachWayToWriteAValue) {
    environment_["N"] = "9";
    environment_["WAIT"] = "9s";
    environment_["PLACE"] = "https://host/v1";
    for (const auto& [from, to] : std::vector<std::pair<std::string, std::string>>{
             {"max_in_flight: 512", "max_in_flight: \"${N}\""},
             {"connect: 5s", "connect: \"${WAIT}\""},
             {"connect: 5s", "connect: 1.5s"},
             {"connect: 5s", "connect: 2 m"},
             {"https://api.openai.com/v1/", "\"${PLACE}\""},
             {"https://api.openai.com/v1/", "http://localhost:8000"},
             {"0.15", "3"},
             {"0.15", "\"${N}\""},
             {"format: json", "format: text"},
             {"/body/text", "\"\""},
             {"/body/text", "/a~1b"},
             {"/body/text", "body"},
             {"format: json", "pass: true"},
             {"format: json", "pass: [/customer/tier, lang]"},
             {"format: json", "csv: {delimiter: tab}"},
             {"127.0.0.1:9464", "off"},
             {"127.0.0.1:9464", "[::1]:9464"},
             {"format: json", "max_document_bytes: 65536"},
             {"format: json", "max_document_bytes: 64KiB"},
             {"format: json", "max_document_bytes: 1.5 MB"},
             {"provider: openai", "temperature: null"},
             {"provider: openai", "temperature: 0.5"},
             {"provider: openai", "seed: null"},
             {"provider: openai", "extra: {a: {b: [1, null, x]}, c: true}"},
             {"provider: openai", "headers: {X-A: a, X-B: {env: NAME}, X-C: {file: f}, X-D: 7}"},
             {"provider: openai", "query: {api-version: \"2026-10-01\"}"},
             {"security.protocol: SASL_SSL", "a: 5, b: true, c: 0.5"},
             {"{env: OPENAI_API_KEY}", "{file: key}"},
         }) {
        SCOPED_TRACE(from + " -> " + to);
        expect_taken(config_with(from, to));
    }
}

TEST_F(SchemaAgreement, BothRefuseWhatIsOfTheWrongTypeOrOutOfBounds) {
    for (const auto& [from, to] : std::vector<std::pair<std::string, std::string>>{
             {"max_in_flight: 512", "max_in_flight: 0"},
             {"max_in_flight: 512", "max_in_flight: 65537"},
             {"max_in_flight: 512", "max_in_flight: many"},
             {"max_in_flight: 512", "max_in_flight: \"512\""},
             {"max_in_flight: 512", "max_in_flight: 1.5"},
             {"max_in_flight: 512", "max_in_flight: [1]"},
             {"max_in_flight: 512", "max_in_fligth: 512"},
             {"connect: 5s", "connect: 5"},
             {"connect: 5s", "connect: 5sec"},
             {"connect: 5s", "connect: 1h30m"},
             {"https://api.openai.com/v1/", "ftp://host"},
             {"https://api.openai.com/v1/", "https://me:hush-of-mine-8826@host"},
             {"https://api.openai.com/v1/", "https://host?key=hush-of-mine-5519"},
             {"0.15", "-1"},
             {"0.15", "cheap"},
             {"0.15", "null"},
             {"format: json", "format: JSON"},
             {"/body/text", "/a~b"},
             {"format: json", "pass: yes, please"},
             {"format: json", "pass: [[a]]"},
             {"127.0.0.1:9464", "9464"},
             {"format: json", "max_document_bytes: 64K"},
             {"format: json", "max_document_bytes: 0"},
             {"format: json", "max_document_bytes: 67108865"},
             {"provider: openai", "provider: azure"},
             {"provider: openai", "temperature: 3"},
             {"provider: openai", "seed: -1"},
             {"provider: openai", "extra: [1]"},
             {"provider: openai", "extra: {messages: []}"},
             {"provider: openai", "headers: {X-A: {url: x}}"},
             {"provider: openai", "headers: {X-A: [1]}"},
             {"provider: openai", "query: {a: {b: c}}"},
             {"security.protocol: SASL_SSL", "a: [5]"},
             {"{env: OPENAI_API_KEY}", "sk-agreement-2213"},
             {"{env: OPENAI_API_KEY}", "{env: sk-agreement-2213}"},
             {"{env: OPENAI_API_KEY}", "{env: OPENAI_API_KEY, url: x}"},
             {"task: tasks/news-ner.yaml", "task: \"\""},
             {"task: tasks/news-ner.yaml\n", ""},
             {"delivery: at_least_once", "delivery: exactly_twice"},
         }) {
        SCOPED_TRACE(from + " -> " + to);
        expect_refused(config_with(from, to));
    }
}

TEST_F(SchemaAgreement, BothAreOfOneOpinionOfATaskFile) {
    const std::vector<std::pair<std::string, std::string>> taken = {
        {"- ORG", "- {name: ORG}"},
        {"- ORG", "- {name: ORG, description: \"\"}"},
        {"Label every mention.", "\"\""},
        {"name: news-ner", "name: news-ner\nschema: {type: object}"},
    };
    for (const auto& [from, to] : taken) {
        SCOPED_TRACE(from + " -> " + to);
        const auto yaml = changed(task_yaml, from, to);
        EXPECT_EQ(task_complaints(yaml), "");
        EXPECT_EQ(violation(task_schema_json(), yaml), std::nullopt);
    }
    const std::vector<std::pair<std::string, std::string>> refused = {
        {"name: news-ner\n", ""},
        {"name: news-ner", "name: \"\""},
        {"kind: ner", "kind: relations"},
        {"- ORG", "- {description: x}"},
        {"- ORG", "- {name: ORG, weight: 5}"},
        {"- ORG", "- [ORG]"},
        {"text: \"Ada joined IBM.\", ", ""},
        {"{label: ORG, text: IBM}", "{label: ORG}"},
        {"instructions:", "votes: 3\ninstructions:"},
        {"name: news-ner", "name: news-ner\nschema: 5"},
    };
    for (const auto& [from, to] : refused) {
        SCOPED_TRACE(from + " -> " + to);
        const auto yaml = changed(task_yaml, from, to);
        EXPECT_NE(task_complaints(yaml), "");
        EXPECT_NE(violation(task_schema_json(), yaml), std::nullopt);
    }
}

}  // namespace
}  // namespace prelabel::config
