#include "../kafka/mock_cluster.hpp"
#include "app/exit_code.hpp"
#include "command_line.hpp"

#include <chrono>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace prelabel::app {
namespace {

using ::testing::AllOf;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::Pair;
using ::testing::StartsWith;
using ::testing::UnorderedElementsAre;

using Records = std::vector<std::pair<std::string, std::string>>;

/// Keys and values of a topic of one partition, from its beginning to its present end.
Records read_topic(const std::string& brokers, const std::string& topic) {
    kafka::ConfPtr conf(rd_kafka_conf_new());
    for (const auto& [name, value] : Records{{"bootstrap.servers", brokers},
                                             {"group.id", "reader"},
                                             {"enable.partition.eof", "true"},
                                             {"enable.metrics.push", "false"}})
        rd_kafka_conf_set(conf.get(), name.c_str(), value.c_str(), nullptr, 0);
    const kafka::ClientPtr client(rd_kafka_new(RD_KAFKA_CONSUMER, conf.release(), nullptr, 0));
    EXPECT_NE(client, nullptr);
    rd_kafka_poll_set_consumer(client.get());
    auto* list = rd_kafka_topic_partition_list_new(1);
    rd_kafka_topic_partition_list_add(list, topic.c_str(), 0)->offset = RD_KAFKA_OFFSET_BEGINNING;
    rd_kafka_assign(client.get(), list);
    rd_kafka_topic_partition_list_destroy(list);
    Records records;
    for (bool ended = false; !ended;) {
        auto* message = rd_kafka_consumer_poll(client.get(), 10'000);
        ended = message == nullptr || message->err != RD_KAFKA_RESP_ERR_NO_ERROR;
        if (!ended)
            records.emplace_back(std::string(static_cast<const char*>(message->key), message->key_len),
                                 std::string(static_cast<const char*>(message->payload), message->len));
        if (message != nullptr) rd_kafka_message_destroy(message);
    }
    rd_kafka_consumer_close(client.get());
    return records;
}

class ProduceCommand : public CommandTest {
protected:
    kafka::test::MockCluster cluster{{"raw", 1}};

    ProduceCommand() { configure_input(""); }

    /// The configuration names the topic and what `more` says of the input; no model and no output.
    void configure_input(const std::string& more) {
        configure("input: {kafka: {brokers: \"" + cluster.brokers() + "\", topic: raw}" + more + "}\n");
    }
    [[nodiscard]] Ended produce(const std::string& arguments) const { return run("produce " + arguments + config()); }
    [[nodiscard]] Records topic() const { return read_topic(cluster.brokers(), "raw"); }
};

TEST_F(ProduceCommand, LoadsEachDocumentUnderItsIdAndSaysHowMany) {
    folder.write("in.jsonl", "{\"id\": \"a\", \"text\": \"Ada\"}\n{\"id\": \"b\", \"text\": \"Bob\"}\n");
    const auto ended = produce(folder.path("in.jsonl"));
    EXPECT_EQ(ended.code, done);
    EXPECT_EQ(ended.err, "prelabel: 2 documents written to raw\n");
    EXPECT_EQ(ended.out, "");
    EXPECT_THAT(topic(), UnorderedElementsAre(Pair("a", HasSubstr("\"Ada\"")), Pair("b", HasSubstr("\"Bob\""))));
}

TEST_F(ProduceCommand, LoadsSeveralFilesOfSeveralKinds) {
    folder.write("in.jsonl", "{\"id\": \"a\", \"text\": \"Ada\"}\n");
    folder.write("in.csv", "id,text\nb,Bob\nc,Cy\n");
    folder.write("in.dat", "Dan\n");
    EXPECT_EQ(produce(folder.path("in.jsonl") + " " + folder.path("in.csv")).err,
              "prelabel: 3 documents written to raw\n");
    EXPECT_EQ(produce(folder.path("in.dat") + " --input-format text").err, "prelabel: 1 document written to raw\n");
    EXPECT_EQ(topic().size(), 4U);
}

TEST_F(ProduceCommand, WritesTextsAsTheyAreWhereTheTopicHoldsTexts) {
    configure_input(", format: text");
    folder.write("in.jsonl", "{\"id\": \"a\", \"text\": \"Ada, \\\"the first\\\"\"}\n");
    EXPECT_EQ(produce(folder.path("in.jsonl")).code, done);
    EXPECT_THAT(topic(), UnorderedElementsAre(Pair("a", "Ada, \"the first\"")));
}

TEST_F(ProduceCommand, SaysHowManyHoldNoDocumentWhereTheWorkerWillLook) {
    configure_input(", text: /body");
    folder.write("in.jsonl", "{\"id\": \"a\", \"text\": \"Ada\"}\n{\"id\": \"b\", \"body\": \"Bob\"}\n");
    const auto ended = produce(folder.path("in.jsonl"));
    EXPECT_EQ(ended.code, done) << "they are loaded: the worker dead-letters them with their reason";
    EXPECT_EQ(ended.err,
              "prelabel: 2 documents written to raw\n"
              "prelabel: 1 of them hold no document at /body: the worker will dead-letter them; check input.text and "
              "input.format\n");
    EXPECT_EQ(topic().size(), 2U);
}

TEST_F(ProduceCommand, LoadsWhatInputAcceptsWhateverTheOutputsLimit) {
    const std::string large(1'400'000, 'x');
    folder.write("in.jsonl", "{\"id\": \"a\", \"text\": \"" + large + "\"}\n{\"id\": \"b\", \"text\": \"Bob\"}\n");
    const auto ended = produce(folder.path("in.jsonl") + " --set output.kafka.max_record_bytes=1KiB");
    EXPECT_EQ(ended.code, done);
    EXPECT_EQ(ended.err, "prelabel: 2 documents written to raw\n");
    std::size_t whole = 0;
    for (const auto& [key, value] : topic()) whole += value.find(key == "a" ? large : "Bob") != std::string::npos;
    EXPECT_EQ(whole, 2U);
}

TEST_F(ProduceCommand, NamesEachRecordThatTheTopicRefusesAndLoadsTheOthers) {
    folder.write(
        "in.jsonl",
        "{\"id\": \"a\", \"text\": \"Ada\"}\n{\"id\": \"b\", \"text\": \"Bob\"}\n{\"id\": \"c\", \"text\": \"Cy\"}\n");
    // The batch, and then the first of its records alone.
    cluster.fail(kafka::test::Request::produce,
                 {RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE, RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE});
    const auto ended = produce(folder.path("in.jsonl"));
    EXPECT_EQ(ended.code, failed);
    EXPECT_EQ(without_folder(ended.err),
              "prelabel: in.jsonl:1: a record of 26 bytes is over the `max.message.bytes` of topic raw; raise it, or "
              "shorten the document\n"
              "prelabel: 2 documents written to raw\n"
              "prelabel: 1 record refused; load only these again: all others are written\n");
    EXPECT_THAT(topic(), UnorderedElementsAre(Pair("b", HasSubstr("Bob")), Pair("c", HasSubstr("Cy"))));
}

TEST_F(ProduceCommand, SaysHowManyAreTooLongForTheWorker) {
    configure_input(", max_document_bytes: 3");
    folder.write("in.jsonl", "{\"id\": \"a\", \"text\": \"Ada\"}\n{\"id\": \"b\", \"text\": \"Barbara\"}\n");
    const auto ended = produce(folder.path("in.jsonl"));
    EXPECT_EQ(ended.code, done);
    EXPECT_EQ(ended.err,
              "prelabel: 2 documents written to raw\n"
              "prelabel: 1 of them are over input.max_document_bytes: the worker will dead-letter them; raise it, or "
              "split them\n");
}

TEST_F(ProduceCommand, AFileThatCannotBeReadIsWrongUsage) {
    auto ended = produce(folder.path("absent.jsonl"));
    EXPECT_EQ(ended.code, wrong_usage);
    EXPECT_THAT(ended.err, AllOf(HasSubstr("absent.jsonl: cannot be read"), Not(HasSubstr("written"))));
    folder.write("in.pdf", "x");
    ended = produce(folder.path("in.pdf"));
    EXPECT_EQ(ended.code, wrong_usage);
    EXPECT_THAT(ended.err, HasSubstr("in.pdf"));
}

TEST_F(ProduceCommand, WritesNothingWhereOneOfTheFilesCannotBeRead) {
    folder.write("in.jsonl", "{\"id\": \"a\", \"text\": \"Ada\"}\n");
    const auto ended = produce(folder.path("in.jsonl") + " " + folder.path("absent.jsonl"));
    EXPECT_EQ(ended.code, wrong_usage);
    EXPECT_THAT(ended.err, AllOf(HasSubstr("absent.jsonl: cannot be read"), Not(HasSubstr("written"))));
    EXPECT_EQ(topic().size(), 0U);
}

TEST_F(ProduceCommand, SaysAtOnceWhichPropertyCannotBe) {
    folder.write("in.jsonl", "{\"id\": \"a\", \"text\": \"Ada\"}\n");
    for (const auto* property : {"fetch.min.bites", "enable.auto.commit"}) {
        const auto ended = produce(folder.path("in.jsonl") + " --set input.kafka.properties." + property + "=1");
        EXPECT_EQ(ended.code, wrong_usage);
        EXPECT_THAT(ended.err, HasSubstr(std::string("input.kafka.properties.") + property));
    }
}

TEST_F(ProduceCommand, SaysWithinThreeSecondsWhichTopicOrBrokerIsMissing) {
    folder.write("in.jsonl", "{\"id\": \"a\", \"text\": \"Ada\"}\n");
    const auto start = std::chrono::steady_clock::now();
    auto ended = produce(folder.path("in.jsonl") + " --set input.kafka.topic=other");
    EXPECT_EQ(ended.code, failed);
    EXPECT_THAT(ended.err, AllOf(StartsWith("prelabel: topic other is missing at " + cluster.brokers()),
                                 EndsWith("--create --topic other --partitions 6\n")));
    ended = produce(folder.path("in.jsonl") + " --set input.kafka.brokers=127.0.0.1:1");
    EXPECT_EQ(ended.code, failed);
    EXPECT_THAT(ended.err, StartsWith("prelabel: brokers 127.0.0.1:1 do not answer: "));
    EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(6)) << "both";
}

TEST_F(ProduceCommand, NeedsNoModelAndNoOutputButAnInput) {
    configure("llm: {model: m}\n");
    folder.write("in.jsonl", "");
    const auto ended = produce(folder.path("in.jsonl"));
    EXPECT_EQ(ended.code, wrong_usage);
    EXPECT_THAT(ended.err,
                AllOf(HasSubstr("input.kafka.brokers: is missing"), HasSubstr("input.kafka.topic: is missing")));
    configure_input("");
    EXPECT_EQ(produce(folder.path("in.jsonl")).err, "prelabel: 0 documents written to raw\n");
}

}  // namespace
}  // namespace prelabel::app
