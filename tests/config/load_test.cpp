#include "files.hpp"

#include <prelabel/base/redaction.hpp>

#include <gmock/gmock.h>

namespace prelabel::config {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;
using ::testing::Not;

class Load : public ConfigFiles {};

TEST_F(Load, ReadsEveryKeyOfACompleteFile) {
    const auto result = loaded();
    ASSERT_TRUE(result) << to_string(result.error());
    const Settings& settings = *result;
    EXPECT_EQ(settings.task.name, "news-ner");
    ASSERT_EQ(settings.task.labels.size(), 2U);
    EXPECT_EQ(settings.task.labels[0].description, "people, also fictional");
    EXPECT_EQ(settings.task.labels[1].name, "ORG");
    ASSERT_EQ(settings.task.examples.size(), 1U);
    EXPECT_EQ(settings.task.examples[0].entities[1].text, "IBM");
    EXPECT_EQ(settings.input.brokers, "kafka:9092");
    EXPECT_EQ(settings.input.properties.at("sasl.password"), "hunter2-secret");
    EXPECT_EQ(settings.document.text, "/body/text");
    EXPECT_EQ(settings.document.id, "/doc_id");
    EXPECT_EQ(settings.endpoint.model.base_url, "https://api.openai.com/v1") << "paths are appended to it";
    EXPECT_EQ(settings.endpoint.api_key.env, "OPENAI_API_KEY");
    EXPECT_EQ(settings.endpoint.limits.requests_per_minute, 5'000U);
    EXPECT_EQ(settings.endpoint.call_timeout, 120s);
    EXPECT_EQ(settings.endpoint.http.connect_timeout, 5s);
    EXPECT_EQ(settings.pipeline.retry.deadline, 10min);
    EXPECT_DOUBLE_EQ(settings.endpoint.price.output_per_mtok, 0.6);
    EXPECT_EQ(settings.output.dead_letter_topic, "pre-annotations.dlq");
    EXPECT_EQ(settings.delivery, Delivery::at_least_once);
    EXPECT_EQ(settings.admin.port, 9464);
}

TEST_F(Load, KeepsTheLibrariesDefaultsWhereTheFileIsSilent) {
    write("c.yaml", "task: tasks/news-ner.yaml\nllm: {model: m}\n");
    const auto result = loaded({}, {.model = true, .input = false, .output = false});
    ASSERT_TRUE(result) << to_string(result.error());
    EXPECT_EQ(result->endpoint.limits.max_in_flight, pipeline::Limits{}.max_in_flight);
    EXPECT_EQ(result->document.text, "/text");
    EXPECT_EQ(result->delivery, Delivery::exactly_once);
    EXPECT_FALSE(result->endpoint.model.temperature) << "it is sent only where somebody asked for it";
    EXPECT_EQ(result->endpoint.model.output_limit_field, llm::OutputLimitField::automatic);
    EXPECT_TRUE(result->endpoint.api_key.empty());
}

TEST_F(Load, AsksOnlyForWhatTheCommandNeeds) {
    const std::string bare = "task: tasks/news-ner.yaml\n";
    write("c.yaml", bare);
    EXPECT_TRUE(loaded({}, {.model = false, .input = false, .output = false}));
    const auto text = complaints(bare);
    EXPECT_THAT(text, HasSubstr("c.yaml:1:1: llm.model: is missing; expected a text, not empty\n"));
    EXPECT_THAT(text, HasSubstr("input.kafka.brokers: is missing"));
    EXPECT_THAT(text, HasSubstr("output.kafka.topic: is missing"));
    EXPECT_THAT(text, Not(HasSubstr("dead_letter")));
}

TEST_F(Load, SaysEverythingThatIsWrongInTheOrderOfTheFile) {
    const auto text = complaints(R"(task: tasks/news-ner.yaml
input: {kafka: {brokers: k, topic: a, gruop: x}}
llm:
  model: m
  limits: {max_in_flight: many}
output: {kafka: {topic: b}, delivery: exactly_twice}
)");
    EXPECT_EQ(
        text,
        "c.yaml:2:39: input.kafka.gruop: is not a known key; did you mean `group`? Expected one of brokers, topic, "
        "group, properties\n"
        "c.yaml:5:27: llm.limits.max_in_flight: found \"many\"; expected an integer from 1 to 65536\n"
        "c.yaml:6:39: output.delivery: found \"exactly_twice\"; did you mean `exactly_once`? Expected one of "
        "exactly_once "
        "or at_least_once\n");
}

TEST_F(Load, SaysWhichFileCannotBeRead) {
    const auto result = load((directory_ / "absent.yaml").string());
    ASSERT_FALSE(result);
    EXPECT_THAT(to_string(result.error()), HasSubstr("absent.yaml: cannot be read: No such file"));
    EXPECT_THAT(
        complaints(config_with("tasks/news-ner.yaml", "tasks/other.yaml")),
        ::testing::AllOf(HasSubstr("c.yaml:1:7: task: "), HasSubstr("other.yaml: cannot be read: No such file")));
    EXPECT_THAT(complaints(config_with("tasks/news-ner.yaml", ".")),
                ::testing::AllOf(HasSubstr("c.yaml:1:7: task: "), HasSubstr("cannot be read: Is a directory")));
    const auto folder = load(directory_.string());
    ASSERT_FALSE(folder);
    EXPECT_THAT(to_string(folder.error()), HasSubstr("cannot be read"));
}

TEST_F(Load, ExpandsVariablesWithoutEverShowingWhatTheyHold) {
    environment_["IN_FLIGHT"] = "64";
    write("c.yaml", config_with("max_in_flight: 512", "max_in_flight: \"${IN_FLIGHT}\""));
    EXPECT_EQ(loaded()->endpoint.limits.max_in_flight, 64U);
    environment_["IN_FLIGHT"] = "sk-secret";
    const auto text = complaints(config_with("max_in_flight: 512", "max_in_flight: '${IN_FLIGHT}'"));
    EXPECT_THAT(text, HasSubstr("found \"${IN_FLIGHT}\""));
    EXPECT_THAT(text, Not(HasSubstr("sk-secret")));
}

TEST_F(Load, NamesTheLineOfAVariableThatIsNotSet) {
    environment_.erase("KAFKA_PASSWORD");
    EXPECT_EQ(
        complaints(config_yaml),
        "c.yaml:7:62: input.kafka.properties.sasl.password: the environment variable KAFKA_PASSWORD is not set; set "
        "it, or give a default: ${KAFKA_PASSWORD:-default}\n");
    EXPECT_EQ(complaints(config_with("${KAFKA_PASSWORD}", "${KAFKA_PASSWORD:-none}")), "");
}

TEST_F(Load, RefusesAKeyInTheFileWithoutRepeatingIt) {
    for (const char* literal : {"sk-live-123", "\"sk-live-123\"", "${OPENAI_API_KEY}"}) {
        const auto text = complaints(config_with("{env: OPENAI_API_KEY}", literal));
        EXPECT_THAT(text, HasSubstr("c.yaml:15:12: llm.api_key: found a text (not shown)"));
        EXPECT_THAT(text, HasSubstr("write {env: OPENAI_API_KEY} or {file: /run/secrets/key}"));
        EXPECT_THAT(text, Not(HasSubstr("sk-")));
    }
    EXPECT_THAT(complaints(config_with("{env: OPENAI_API_KEY}", "{}")), HasSubstr("says neither env nor file"));
    EXPECT_THAT(complaints(config_with("{env: OPENAI_API_KEY}", "{env: A, file: b}")),
                HasSubstr("one of env and file"));
    const auto address = complaints(config_with("https://api.openai.com/v1/", "https://me:pw9@host/v1"));
    EXPECT_THAT(address, HasSubstr("holds a user name or password"));
    EXPECT_THAT(address, Not(HasSubstr("pw9")));
}

TEST_F(Load, NeitherExpandsNorRepeatsWhatStandsForAVariablesName) {
    environment_["OPENAI_API_KEY"] = "sk-live-4f7a19c2";
    for (const char* value : {"\"${OPENAI_API_KEY}\"", "sk-live-4f7a19c2", "\"sk live 4f7a19c2\"", "9sklive4f7a19c2"}) {
        const auto text = complaints(config_with("OPENAI_API_KEY", value));
        EXPECT_THAT(text, HasSubstr("c.yaml:15:18: llm.api_key.env: is not the name of an environment variable"))
            << value;
        EXPECT_THAT(text, HasSubstr("write the name alone")) << value;
        EXPECT_THAT(text, Not(HasSubstr("4f7a19c2"))) << value;
    }
    EXPECT_THAT(complaints(config_yaml, {"llm.api_key.env=sk-live-4f7a19c2"}), Not(HasSubstr("4f7a19c2")));
}

/// A configuration in which a secret stands where it does not belong, or is what nobody may read back.
TEST_F(Load, NeverRepeatsASecret) {
    environment_["PLANTED"] = "planted-0b61c7d9";
    const std::vector<std::pair<const char*, const char*>> places{
        {"{env: OPENAI_API_KEY}", "planted-0b61c7d9"},
        {"{env: OPENAI_API_KEY}", "[planted-0b61c7d9]"},
        {"{env: OPENAI_API_KEY}", "{planted-0b61c7d9}"},
        {"{env: OPENAI_API_KEY}", "{planted-0b61c7d9: x}"},
        {"{env: OPENAI_API_KEY}", "{env: planted-0b61c7d9}"},
        {"{env: OPENAI_API_KEY}", "{env: {planted-0b61c7d9: x}}"},
        {"{env: OPENAI_API_KEY}", "{env: OPENAI_API_KEY, file: ${PLANTED}}"},
        {"https://api.openai.com/v1/", "https://me:planted-0b61c7d9@host/v1"},
        {"https://api.openai.com/v1/", "https://host/v1?key=planted-0b61c7d9"},
        {"https://api.openai.com/v1/", "https://host/v1?a=b&key=planted-0b61c7d9#c"},
        {"https://api.openai.com/v1/", "ftp://me:planted-0b61c7d9@host"},
        {"https://api.openai.com/v1/", "${PLANTED}"},
        {"properties: {security.protocol", "properties: \"sasl.password=planted-0b61c7d9\"\n    group: {x"},
        {"properties: {security.protocol",
         "properties: 'ssl.ca.location=a,ssl.key.password=planted-0b61c7d9'\n    group: {x"},
        {"properties: {security.protocol", "properties: {sasl.password=planted-0b61c7d9, x"},
        {"\"${KAFKA_PASSWORD}\"", "{planted-0b61c7d9: x}"},
        {"\"${KAFKA_PASSWORD}\"", "*planted-0b61c7d9"},
        {"\"kafka:9092\"", "[${PLANTED}]"},
        {"5000", "${PLANTED}"},
        {"30s", "${PLANTED}"},
        {"at_least_once", "${PLANTED}"},
        {"127.0.0.1:9464", "${PLANTED}"},
        {"format: json", "format: ${PLANTED}"},
        {"task: tasks/news-ner.yaml", "task: ${PLANTED}"},
        {"topic: pre-annotations,", "topic: ${PLANTED}, dead_letter: x,"},
    };
    for (const auto& [from, to] : places) {
        const auto text = complaints(config_with(from, to));
        EXPECT_NE(text, "") << to;
        EXPECT_THAT(text, Not(HasSubstr("0b61c7d9"))) << to;
    }
}

TEST_F(Load, NamesTheVariableOfASecretInTextsMadeElsewhereAndShowsOtherValues) {
    environment_["TOPIC"] = "raw-documents-eu";
    environment_["KAFKA_PASSWORD"] = "correct horse battery";
    write("c.yaml", config_with("topic: raw-documents", "topic: ${TOPIC}"));
    ASSERT_TRUE(loaded());
    EXPECT_EQ(redacted("no such topic: raw-documents-eu"), "no such topic: raw-documents-eu");
    EXPECT_EQ(redacted("wrong password: correct horse"), "wrong password: ${KAFKA_PASSWORD}");
}

TEST_F(Load, RefusesTopicsThatWouldMakeALoop) {
    EXPECT_THAT(complaints(config_with("topic: pre-annotations,", "topic: raw-documents,")),
                HasSubstr("c.yaml:21:18: output.kafka.topic: is the input topic"));
    EXPECT_THAT(complaints(config_with("dead_letter_topic: pre-annotations.dlq", "dead_letter_topic: raw-documents")),
                HasSubstr("is the input topic: a bad document would come back for ever"));
    EXPECT_THAT(complaints(config_with("dead_letter_topic: pre-annotations.dlq", "dead_letter_topic: pre-annotations")),
                HasSubstr("is the output topic"));
}

TEST_F(Load, RefusesTheAddressOfAWebServerForABroker) {
    EXPECT_THAT(complaints(config_with("brokers: \"kafka:9092\"", "brokers: \"http://kafka:9092\"")),
                HasSubstr("input.kafka.brokers: is the address of a web server; expected host:port"));
}

TEST_F(Load, ResolvesPathsFromTheFileThatHoldsThem) {
    write("c.yaml", config_with("{env: OPENAI_API_KEY}", "{file: secrets/key}"));
    const auto result = loaded();
    ASSERT_TRUE(result) << to_string(result.error());
    EXPECT_EQ(result->endpoint.api_key.file, (directory_ / "secrets/key").string());
    EXPECT_EQ(result->task_file, (directory_ / "tasks/news-ner.yaml").string());
}

TEST_F(Load, ReadsWhatSomeModelsRefuseOnlyWhereItIsWritten) {
    write("c.yaml", config_with("model: gpt-4o-mini", "model: m\n  temperature: 0\n  output_limit_field: max_tokens"));
    const auto result = loaded();
    ASSERT_TRUE(result) << to_string(result.error());
    EXPECT_EQ(result->endpoint.model.temperature, 0.0);
    EXPECT_EQ(result->endpoint.model.output_limit_field, llm::OutputLimitField::max_tokens);
    EXPECT_FALSE(loaded({"llm.temperature=null"})->endpoint.model.temperature);
    EXPECT_EQ(loaded({"llm.output_limit_field=auto"})->endpoint.model.output_limit_field,
              llm::OutputLimitField::automatic);
    EXPECT_EQ(loaded({"llm.output_limit_field=max_completion_tokens"})->endpoint.model.output_limit_field,
              llm::OutputLimitField::max_completion_tokens);
    EXPECT_THAT(complaints(config_yaml, {"llm.output_limit_field=max_token"}),
                HasSubstr("Expected one of auto, max_tokens or max_completion_tokens"));
}

TEST_F(Load, LetsAnOptionWinOverTheFile) {
    const auto result = loaded({"llm.limits.max_in_flight=64", "input.kafka.properties.client.id=me",
                                "llm.temperature=0.5", "llm.limits.max_in_flight=65",
                                "input.kafka.properties.sasl.password=other", "admin.listen=off", "log.level=debug"});
    ASSERT_TRUE(result) << to_string(result.error());
    EXPECT_EQ(result->endpoint.limits.max_in_flight, 65U);
    EXPECT_EQ(result->input.properties.at("client.id"), "me");
    EXPECT_EQ(result->input.properties.at("sasl.password"), "other");
    EXPECT_EQ(result->input.properties.at("security.protocol"), "SASL_SSL");
    EXPECT_EQ(result->endpoint.model.temperature, 0.5);
    EXPECT_FALSE(result->admin.enabled);
    EXPECT_EQ(result->log.level, telemetry::LogLevel::debug);
}

TEST_F(Load, ChecksAnOptionAsItChecksTheFile) {
    EXPECT_EQ(complaints(config_yaml, {"llm.limits.max_in_flight=lots"}),
              "--set llm.limits.max_in_flight: found \"lots\"; expected an integer from 1 to 65536\n");
    EXPECT_THAT(complaints(config_yaml, {"llm.modle=x"}), HasSubstr("--set llm.modle: is not a known key"));
    EXPECT_THAT(complaints(config_yaml, {"llm.modle=x"}), HasSubstr("did you mean `model`?"));
    EXPECT_THAT(complaints(config_yaml, {"llm.model"}), HasSubstr("--set llm.model: has no value"));
    EXPECT_THAT(complaints(config_yaml, {"=x"}), HasSubstr("names no key"));
    EXPECT_THAT(complaints(config_yaml, {"llm..model=x"}), HasSubstr("names no key"));
    EXPECT_THAT(complaints(config_yaml, {"llm.model="}), HasSubstr("is empty"));
    EXPECT_THAT(complaints(config_yaml, {"llm.model={"}), HasSubstr("--set llm.model: is not valid YAML"));
    EXPECT_THAT(complaints(config_yaml, {"llm.api_key=sk-live"}), Not(HasSubstr("sk-live")));
}

}  // namespace
}  // namespace prelabel::config
