#include "files.hpp"

#include <cstdlib>
#include <string>
#include <vector>

#include <gmock/gmock.h>

namespace prelabel::config {
namespace {

using ::testing::HasSubstr;

/// Values that are each right and do not go together.
class SettingsFit : public ConfigFiles {
protected:
    std::string said_of(const std::vector<std::string>& overrides) { return complaints(config_yaml, overrides); }
};

TEST_F(SettingsFit, ADocumentFitsIntoTheMemoryForDocuments) {
    EXPECT_EQ(said_of({"input.max_document_bytes=2MiB", "input.max_bytes_in_memory=2MiB"}), "");
    EXPECT_EQ(
        said_of({"input.max_document_bytes=3MiB", "input.max_bytes_in_memory=2MiB"}),
        "--set input.max_document_bytes: input.max_document_bytes: one document of input.max_document_bytes would "
        "not fit in input.max_bytes_in_memory; expected max_document_bytes not above max_bytes_in_memory\n");
    EXPECT_THAT(said_of({"input.max_bytes_in_memory=1MiB"}),
                HasSubstr("--set input.max_bytes_in_memory: input.max_bytes_in_memory: one document"))
        << "the key that somebody wrote is the one to change";
}

TEST_F(SettingsFit, ADrainIsShorterThanTheGroupWaits) {
    const std::string wait = "input.kafka.properties.max.poll.interval.ms=60000";
    EXPECT_EQ(said_of({wait, "input.drain_timeout=56s"}), "") << "4s are for the last commit";
    EXPECT_EQ(said_of({wait, "input.drain_timeout=57s"}),
              "--set input.drain_timeout: input.drain_timeout: and the last commit (4s) take longer than the group "
              "waits: input.kafka.properties.max.poll.interval.ms is 60000; expected a shorter drain, or a longer "
              "max.poll.interval.ms\n");
    EXPECT_THAT(said_of({"input.kafka.properties.max.poll.interval.ms=10000"}), HasSubstr("input.drain_timeout: "))
        << "the default drain counts as well";
}

TEST_F(SettingsFit, ADrainIsAnyLengthWithoutAGroup) {
    write("c.yaml", "task: tasks/news-ner.yaml\nllm: {model: m}\ninput: {drain_timeout: 1h}\n");
    EXPECT_TRUE(loaded({}, {.model = true, .input = false, .output = false}));
}

TEST_F(SettingsFit, AnAnswerFitsIntoAMinutesTokens) {
    EXPECT_THAT(said_of({"llm.limits.tokens_per_minute=2048"}),
                HasSubstr("is used up by one answer: providers count llm.max_output_tokens, which is 2048"));
    EXPECT_EQ(said_of({"llm.limits.tokens_per_minute=2049"}), "");
    EXPECT_EQ(said_of({"llm.limits.tokens_per_minute=2048", "llm.max_output_tokens=2047"}), "");
    EXPECT_EQ(said_of({"llm.limits.tokens_per_minute=0"}), "") << "0: no limit";
}

TEST_F(SettingsFit, ASilenceIsShorterThanACall) {
    EXPECT_EQ(said_of({"llm.timeout.idle=120s", "llm.timeout.total=120s"}), "");
    EXPECT_THAT(said_of({"llm.timeout.idle=121s"}), HasSubstr("is longer than llm.timeout.total"));
    write("c.yaml", "task: tasks/news-ner.yaml\nllm: {model: m, timeout: {total: 5s}}\n");
    EXPECT_TRUE(loaded({}, {.model = true, .input = false, .output = false}))
        << "a default that never counts is nobody's mistake";
}

TEST_F(SettingsFit, TheDeadLetterTopicIsTheOutputsWithASuffixUnlessItIsNamed) {
    write("c.yaml", config_with("topic: pre-annotations, dead_letter_topic: pre-annotations.dlq", "topic: out"));
    ASSERT_TRUE(loaded());
    EXPECT_EQ(loaded()->output.dead_letter_topic, "out.dlq");
    EXPECT_EQ(loaded({"output.kafka.dead_letter_topic=dead"})->output.dead_letter_topic, "dead");
    EXPECT_THAT(complaints(config_yaml, {"input.kafka.topic=a.dlq", "output.kafka={topic: a}"}),
                HasSubstr("output.kafka.dead_letter_topic: is the input topic"))
        << "also where nobody wrote it";
}

TEST_F(SettingsFit, TopicsMayBeAnythingWithoutAnInput) {
    write("c.yaml", "task: tasks/news-ner.yaml\nllm: {model: m}\noutput: {kafka: {topic: out}}\n");
    EXPECT_TRUE(loaded({}, {.model = true, .input = false, .output = true}));
}

TEST_F(SettingsFit, ATaskOnTheCommandLineIsFromTheWorkingDirectory) {
    EXPECT_THAT(said_of({"task=tasks/news-ner.yaml"}),
                HasSubstr("--set task: task: tasks/news-ner.yaml: cannot be read: No such file or directory; expected "
                          "the path of a task file"));
    EXPECT_EQ(said_of({"task=" + (directory_ / "tasks/news-ner.yaml").string()}), "");
}

TEST_F(SettingsFit, MistakesOfTheFileComeBeforeThoseOfTheOptions) {
    const auto text = complaints(config_with("max_in_flight: 512", "max_in_flight: many"),
                                 {"llm.temperature=hot", "input.format=xml"});
    const auto file = text.find("c.yaml:16:");
    const auto first = text.find("--set llm.temperature");
    const auto second = text.find("--set input.format");
    EXPECT_LT(file, first);
    EXPECT_NE(first, std::string::npos);
    EXPECT_NE(second, std::string::npos);
}

TEST_F(SettingsFit, TheTaskIsReadOnlyWhenTheConfigurationIsRight) {
    write("tasks/news-ner.yaml", "name: ''\n");
    EXPECT_THAT(said_of({}), HasSubstr("tasks/news-ner.yaml:1:7: name: is empty"));
    EXPECT_EQ(said_of({"llm.temperature=hot"}).find("news-ner.yaml"), std::string::npos);
}

TEST_F(SettingsFit, TheEnvironmentIsThisProcesses) {
    ::setenv("PRELABEL_TEST_TOPIC", "from-the-process", 1);
    ::unsetenv("PRELABEL_TEST_NOTHING");
    ::setenv("PRELABEL_TEST_EMPTY", "", 1);
    EXPECT_EQ(process_environment()("PRELABEL_TEST_TOPIC"), "from-the-process");
    EXPECT_EQ(process_environment()("PRELABEL_TEST_NOTHING"), std::nullopt);
    EXPECT_EQ(process_environment()("PRELABEL_TEST_EMPTY"), "") << "set, and empty";
}

}  // namespace
}  // namespace prelabel::config
