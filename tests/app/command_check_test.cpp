#include "../kafka/mock_cluster.hpp"
#include "app/exit_code.hpp"
#include "command_line.hpp"
#include "model_server.hpp"

#include <cstdlib>
#include <string>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

namespace prelabel::app {
namespace {

using ::testing::AllOf;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;

class CheckCommand : public CommandTest {
protected:
    [[nodiscard]] Ended check(const std::string& more = {}) const { return run("check" + config() + more); }
};

TEST_F(CheckCommand, SaysWhatIsInOrder) {
    const auto ended = check();
    EXPECT_EQ(ended.code, done);
    EXPECT_EQ(ended.err, "");
    EXPECT_THAT(
        without_folder(ended.out),
        AllOf(HasSubstr("ok    configuration c.yaml\n"), HasSubstr("ok    task people, version "),
              HasSubstr(", 2 labels, 0 examples\n"),
              HasSubstr("ok    no Kafka is configured: good for `prelabel label`, not for `run` and `produce`\n"),
              HasSubstr("ok    answer schema, key, model address and open files\n"),
              EndsWith("warn  cost is unknown: llm.price says what a million tokens cost, in US dollars\n")));
    EXPECT_THAT(ended.out, Not(HasSubstr("FAIL")));
}

TEST_F(CheckCommand, WarnsOfLabelsThatDifferInCaseOnly) {
    folder.write("task.yaml", "name: people\nkind: ner\nlabels: [PER, per]\n");
    const auto ended = check();
    EXPECT_EQ(ended.code, done);
    EXPECT_THAT(ended.out, HasSubstr("warn  labels `PER` and `per` differ in case only, and models mix such labels up; "
                                     "rename one\n"));
}

TEST_F(CheckCommand, WarnsOfAKeyThatEveryoneCanRead) {
    folder.write("key", "sk-check-0117-abcd\n");
    configure("llm: {model: m, api_key: {file: key}}\n");
    ASSERT_EQ(::chmod(folder.path("key").c_str(), 0644), 0);
    EXPECT_THAT(without_folder(check().out),
                HasSubstr("warn  llm.api_key.file: every user of this machine can read key; chmod 600 key\n"));
    ASSERT_EQ(::chmod(folder.path("key").c_str(), 0640), 0);
    EXPECT_THAT(check().out, Not(HasSubstr("warn  llm.api_key")));
}

TEST_F(CheckCommand, AsksForAllOfKafkaWhereAPartOfItIsThere) {
    configure("llm: {model: m}\noutput: {kafka: {topic: labeled}}\n");
    auto ended = check();
    EXPECT_EQ(ended.code, wrong_usage);
    EXPECT_EQ(ended.out, "");
    EXPECT_THAT(ended.err,
                AllOf(HasSubstr("input.kafka.brokers: is missing"), HasSubstr("input.kafka.topic: is missing")));
    configure("llm: {model: m}\ninput: {kafka: {brokers: \"k:1\", topic: raw}}\noutput: {kafka: {topic: labeled}}\n");
    ended = check();
    EXPECT_EQ(ended.code, done) << ended.err;
    EXPECT_THAT(ended.out, AllOf(HasSubstr("ok    input.kafka\n"), HasSubstr("ok    output.kafka\n")));
}

TEST_F(CheckCommand, NamesAKafkaPropertyThatWouldBreakAGuarantee) {
    configure(
        "llm: {model: m}\ninput: {kafka: {brokers: \"k:1\", topic: raw, properties: {enable.auto.commit: true}}}\n"
        "output: {kafka: {topic: labeled}}\n");
    const auto ended = check();
    EXPECT_EQ(ended.code, wrong_usage);
    EXPECT_THAT(ended.out, AllOf(HasSubstr("FAIL  input.kafka\n      "), HasSubstr("enable.auto.commit")));
}

TEST_F(CheckCommand, NamesTheVariableOfAKeyThatIsNotSet) {
    ::unsetenv("PRELABEL_TEST_NO_KEY");
    configure("llm: {model: m, api_key: {env: PRELABEL_TEST_NO_KEY}}\n");
    const auto ended = check();
    EXPECT_EQ(ended.code, wrong_usage);
    EXPECT_THAT(ended.out, AllOf(HasSubstr("FAIL  answer schema, key, model address and open files\n"),
                                 HasSubstr("the environment variable PRELABEL_TEST_NO_KEY is not set")));
}

TEST_F(CheckCommand, AKeyFileThatIsNotThereYetIsNotTheConfigurationsFault) {
    configure("llm: {model: m, api_key: {file: absent}}\n");
    const auto ended = check();
    EXPECT_EQ(ended.code, failed);
    EXPECT_THAT(ended.out, HasSubstr("absent cannot be read: No such file"));
    configure(
        "llm: {model: m, api_key: {file: absent}}\ninput: {kafka: {brokers: b, topic: t, properties: {a: b}}}\n"
        "output: {kafka: {topic: o}}\n");
    EXPECT_EQ(check().code, wrong_usage) << "beside what is";
}

TEST_F(CheckCommand, NamesAnAnswerSchemaThatIsNone) {
    folder.write("task.yaml", "name: people\nkind: ner\nlabels: [PER]\nschema: {type: 5}\n");
    const auto ended = check();
    EXPECT_EQ(ended.code, wrong_usage);
    EXPECT_THAT(ended.out, HasSubstr("FAIL  answer schema"));
}

TEST_F(CheckCommand, SaysWhenTheProviderCannotEnforceTheUsersSchema) {
    folder.write("task.yaml",
                 "name: people\nkind: ner\nlabels: [PER]\nschema: {type: object, properties: {n: {minimum: 5}}}\n");
    const auto ended = check();
    EXPECT_EQ(ended.code, done);
    EXPECT_THAT(ended.out,
                HasSubstr("ok    the task's schema is sent without \"strict\", and answers are held against it "
                          "here: "));
    EXPECT_THAT(check(" --set llm.response_format=none").out, Not(HasSubstr("strict"))) << "then it is not sent";
}

TEST_F(CheckCommand, WarnsOfAKeyThatWouldTravelInTheClear) {
    ::setenv("PRELABEL_TEST_CHECK_KEY", "sk-check-7203-wxyz", 1);
    configure("llm: {model: m, base_url: \"http://10.0.0.7:8000/v1\", api_key: {env: PRELABEL_TEST_CHECK_KEY}}\n");
    const auto ended = check();
    EXPECT_EQ(ended.code, done) << "a warning is no failure";
    EXPECT_THAT(ended.out, HasSubstr("warn  llm.base_url is http:// to another machine"));
    EXPECT_THAT(ended.out, Not(HasSubstr("7203")));
}

TEST_F(CheckCommand, OnlineMakesOneTinyRequest) {
    const ModelServer model([](std::string_view) { return says(R"({"entities":[]})"); });
    const std::string there = " --set llm.base_url=" + model.base_url();
    EXPECT_EQ(check(there).code, done);
    EXPECT_EQ(model.calls(), 0U) << "nobody is asked without --online";
    const auto ended = check(there + " --online");
    EXPECT_EQ(ended.code, done);
    const std::string name = "model m at " + model.base_url();
    EXPECT_THAT(ended.out,
                EndsWith("...   asking " + name + "\nok    " + name + " answers\nok    the answer can be used\n"));
    ASSERT_EQ(model.calls(), 1U);
    EXPECT_THAT(model.requests()[0], HasSubstr("Nothing to label."));
    EXPECT_LT(model.requests()[0].size(), 5'000U);
}

TEST_F(CheckCommand, OnlineJudgesTheAnswerAsLabelWould) {
    const ModelServer model([](std::string_view) { return says("I see nobody."); });
    const auto ended = check(" --online --set llm.base_url=" + model.base_url());
    EXPECT_EQ(ended.code, failed);
    EXPECT_THAT(
        ended.out,
        AllOf(HasSubstr(" answers\nFAIL  the answer cannot be used: "),
              HasSubstr("\n      label would ask again (llm.retry.max_reasks: 2), pay each time, and then make ")));
    EXPECT_EQ(model.calls(), 1U) << "it costs a few tokens, also where label would ask again";
}

TEST_F(CheckCommand, RefusesASchemaThatNoDocumentWithoutEntitiesCanMeet) {
    folder.write("task.yaml",
                 "name: people\nkind: ner\nlabels: [PER]\n"
                 "schema: {type: object, properties: {entities: {type: array, minItems: 1}}}\n");
    const ModelServer model([](std::string_view) { return says(R"({"entities":[]})"); });
    for (const char* where : {"", " --online"}) {
        const auto ended = check(where + std::string(" --set llm.base_url=") + model.base_url());
        EXPECT_EQ(ended.code, wrong_usage);
        EXPECT_THAT(ended.out, HasSubstr("FAIL  the task's schema refuses {\"entities\":[]}, "));
        EXPECT_THAT(ended.out, HasSubstr("breaks \"minItems\" 1"));
    }
    EXPECT_EQ(model.calls(), 0U);
}

TEST_F(CheckCommand, OnlineSaysWhatToDoAboutEachAnswer) {
    struct Case {
        int status;
        const char* sentence;
        const char* parameter;
        const char* advice;
        std::uint64_t calls = 1;
    };
    for (const auto& [status, sentence, parameter, advice, calls] : std::vector<Case>{
             {401, "Incorrect API key.", "", "no key is configured: llm.api_key"},
             {403, "Not for you.", "", "the key is not allowed to use this model"},
             {404, "No such model.", "", "check llm.base_url (it ends in /v1 for most servers) and llm.model"},
             {400, "No such value.", "temperature", "remove or change llm.temperature"},
             {400, "Use max_completion_tokens.", "max_tokens", "set llm.output_limit_field: max_completion_tokens", 2},
             {400, "What format?", "response_format", "an older server may need llm.response_format", 3},
             {503, "Come back.", "", "try again later"},
         }) {
        const ModelServer model([&](std::string_view) { return refuses(status, sentence, parameter); });
        const auto ended = check(" --online --set llm.base_url=" + model.base_url());
        EXPECT_EQ(ended.code, failed) << status;
        EXPECT_THAT(ended.out, HasSubstr("FAIL  model m at " + model.base_url() + ": ")) << status;
        EXPECT_THAT(ended.out, HasSubstr("(\"" + std::string(sentence) + "\")\n      ")) << "what the provider says";
        EXPECT_THAT(ended.out, HasSubstr(advice)) << status;
        EXPECT_EQ(model.calls(), calls) << "it is tried again only without what was refused: " << parameter;
    }
}

TEST_F(CheckCommand, OnlineSaysWhatTheModelDoesNotTakeAndAsksWithoutIt) {
    const ModelServer model([](std::string_view body) {
        const bool old_field = body.find("\"max_tokens\"") != std::string_view::npos;
        return old_field ? refuses(400, "Use another.", "max_tokens") : says(R"({"entities":[]})");
    });
    const auto ended = check(" --online --set llm.base_url=" + model.base_url());
    EXPECT_EQ(ended.code, done);
    EXPECT_THAT(ended.out, HasSubstr("warn  model m at " + model.base_url() + ": the model refuses max_tokens: "));
    EXPECT_THAT(ended.out, EndsWith(" answers\nok    the answer can be used\n"));
    EXPECT_EQ(model.calls(), 2U);
}

TEST_F(CheckCommand, OnlineNamesTheKeyThatTheModelDoesNotTake) {
    const ModelServer model([](std::string_view) { return refuses(400, "No.", "foo"); });
    const auto ended = check(" --online --set llm.extra.foo=1 --set llm.base_url=" + model.base_url());
    EXPECT_EQ(ended.code, failed);
    EXPECT_THAT(ended.out, HasSubstr("remove or change llm.extra.foo"));
}

TEST_F(CheckCommand, OnlineShowsTheProvidersSentenceShortAndOnOneLine) {
    const ModelServer model([](std::string_view) { return refuses(403, "first\nsecond" + std::string(1'000, 'x')); });
    const auto ended = check(" --online --set llm.base_url=" + model.base_url());
    EXPECT_THAT(ended.out, HasSubstr("first second"));
    EXPECT_THAT(ended.out, Not(HasSubstr(std::string(301, 'x'))));
}

TEST_F(CheckCommand, OnlineSaysThatNobodyIsThere) {
    std::string nobody;
    {
        const ModelServer model([](std::string_view) { return says(""); });
        nobody = model.base_url();
    }
    auto ended = check(" --online --set llm.base_url=" + nobody);
    EXPECT_EQ(ended.code, failed);
    EXPECT_THAT(ended.out, HasSubstr("check llm.base_url, the network and whether the server runs"));
    const ModelServer page([](std::string_view) {
        http::ServerReply reply;
        reply.content_type = "text/html";
        reply.body = "<html>hello</html>";
        return reply;
    });
    ended = check(" --online --set llm.base_url=" + page.base_url());
    EXPECT_EQ(ended.code, failed);
    EXPECT_THAT(ended.out, HasSubstr("does not speak Chat Completions: check the address"));
}

TEST_F(CheckCommand, OnlineNeverShowsTheKeyThatTheProviderRepeats) {
    ::setenv("PRELABEL_TEST_CHECK_KEY", "sk-check-9318-abcd", 1);
    const ModelServer model([](std::string_view) { return refuses(401, "Incorrect API key: sk-check-9318-abcd."); });
    configure("llm: {model: m, api_key: {env: PRELABEL_TEST_CHECK_KEY}, base_url: \"" + model.base_url() + "\"}\n");
    const auto ended = check(" --online");
    EXPECT_EQ(ended.code, failed);
    EXPECT_THAT(ended.out, HasSubstr("Incorrect API key: "));
    EXPECT_THAT(ended.out, Not(HasSubstr("9318")));
}

TEST_F(CheckCommand, OnlineAsksTheBrokersToo) {
    const kafka::test::MockCluster cluster{{"raw", 2}, {"labeled", 3}, {"labeled.dlq", 1}};
    const ModelServer model([](std::string_view) { return says(R"({"entities":[]})"); });
    configure("llm: {model: m, base_url: \"" + model.base_url() + "\"}\ninput: {kafka: {brokers: \"" +
              cluster.brokers() + "\", topic: raw}}\noutput: {kafka: {topic: labeled}}\n");
    const auto ended = check(" --online");
    EXPECT_EQ(ended.out.find("ok    brokers "), ended.out.rfind("ok    brokers ")) << "once: " << ended.out;
    EXPECT_THAT(ended.out, AllOf(HasSubstr("...   asking the brokers " + cluster.brokers() + "\nok    brokers " +
                                           cluster.brokers() + " answer\n"),
                                 HasSubstr("ok    brokers " + cluster.brokers() + " answer\n"),
                                 HasSubstr("ok    topic raw exists with 2 partitions\n"),
                                 HasSubstr("ok    topic labeled exists with 3 partitions\n"),
                                 HasSubstr("ok    topic labeled.dlq exists with 1 partition\n"),
                                 HasSubstr("ok    model m at " + model.base_url() + " answers\n")));
}

}  // namespace
}  // namespace prelabel::app
