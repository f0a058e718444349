#include "fixture.hpp"

#include <prelabel/kafka/connection.hpp>
#include <prelabel/kafka/kafka_sink.hpp>

#include <gmock/gmock.h>

namespace prelabel::kafka::test {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

class KafkaSinkTest : public KafkaTest {
protected:
    using Writes = std::vector<std::shared_ptr<Loop::Started<Result<>>>>;

    Writes write_many(KafkaSink& to, int count) {
        Writes writes;
        for (int i = 0; i < count; ++i) writes.push_back(loop.start(to.write(output("k", std::to_string(i)))));
        return writes;
    }

    void wait_for(const Writes& writes) {
        loop.turn_until([&] { return std::ranges::all_of(writes, [](const auto& each) { return each->done; }); });
    }

    std::vector<Record> read_all(const std::string& topic, std::size_t count) {
        auto from = source({}, topic);
        for (const auto& partition : partitions_of(expect<pipeline::Assigned>(*from))) from->grant(partition, count);
        auto records = read(*from, count);
        loop.run(from->close(soon()));
        return records;
    }
};

TEST_F(KafkaSinkTest, WritesBytesKeyAndHeadersUntouched) {
    auto to = sink();
    auto written = output(std::string("k\0y", 3), std::string("\xff\0value", 7));
    written.headers = {
        {"prelabel-task-version", "3f9c"}, {"trace", std::string("\0\1", 2)}, {"trace", ""}, {"empty", std::nullopt}};
    ASSERT_TRUE(loop.run(to->write(written)));
    const auto records = read_all("out", 1);
    EXPECT_EQ(records[0].key, written.key);
    EXPECT_EQ(records[0].value, written.value);
    EXPECT_EQ(records[0].headers, written.headers);
    EXPECT_EQ(to->stats().records, 1U);
    EXPECT_EQ(to->stats().bytes, 7U);
    EXPECT_EQ(to->stats().in_flight, 0U);
    loop.run(to->close(soon()));
}

TEST_F(KafkaSinkTest, TellsNoKeyFromAnEmptyKey) {
    auto to = sink();
    auto without = output("", "without");
    without.key.reset();
    ASSERT_TRUE(loop.run(to->write(without)));
    ASSERT_TRUE(loop.run(to->write(output("", "empty"))));
    for (const auto& record : read_all("out", 2)) EXPECT_EQ(record.key.has_value(), record.value == "empty");
    loop.run(to->close(soon()));
}

TEST_F(KafkaSinkTest, SendsDeadLettersToTheirTopic) {
    auto to = sink();
    auto letter = output("k", "unreadable");
    letter.kind = pipeline::OutputKind::dead_letter;
    ASSERT_TRUE(loop.run(to->write(letter)));
    EXPECT_EQ(read_all("dead", 1)[0].value, "unreadable");
    loop.run(to->close(soon()));
}

// Expected: Kafka's own Utils.murmur2 of these keys (-790332482, -973932308, -985981536), sign bit cleared, modulo 10.
TEST_F(KafkaSinkTest, MapsKeysToPartitionsAsJavasProducerDoes) {
    auto to = sink();
    const std::map<std::string, std::int32_t> expected{{"foobar", 6}, {"21", 0}, {"a-little-bit-long-string", 2}};
    for (const auto& [key, partition] : expected) ASSERT_TRUE(loop.run(to->write(output(key, "v"))));
    for (const auto& record : read_all("out", 3))
        EXPECT_EQ(record.origin.partition.number, expected.at(*record.key)) << *record.key;
    loop.run(to->close(soon()));
}

TEST_F(KafkaSinkTest, ARecordOverTheLimitIsTheDocumentsFault) {
    auto to = sink();
    const auto outcome = loop.run(to->write(output("k", std::string(1'000'001, 'x'))));
    ASSERT_FALSE(outcome);
    EXPECT_EQ(outcome.error().fault, Fault::input);
    EXPECT_THAT(outcome.error().message, AllOf(HasSubstr("max_record_bytes"), Not(HasSubstr("xxx"))));
    EXPECT_TRUE(loop.run(to->write(output("k", std::string(999'000, 'x'))))) << "just below it is written";
    loop.run(to->close(soon()));
}

TEST_F(KafkaSinkTest, ARecordRefusedInCompanyIsSentAgainAlone) {
    for (const auto refusal : {RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE, RD_KAFKA_RESP_ERR_INVALID_RECORD}) {
        auto to = sink({{"linger.ms", "200"}});
        auto with_header = output("k", "v");
        with_header.headers = {{"trace", "abc"}, {"none", std::nullopt}};
        cluster.fail(Request::produce, {refusal});
        auto writes = write_many(*to, 5);
        writes.push_back(loop.start(to->write(with_header)));
        wait_for(writes);
        for (const auto& write : writes) EXPECT_TRUE(*write->value);
        EXPECT_EQ(to->stats().sent_alone, 6U);
        EXPECT_EQ(to->stats().records, 6U);
        EXPECT_EQ(to->stats().failed, 0U);
        loop.run(to->close(soon()));
    }
    const auto records = read_all("out", 12);
    EXPECT_EQ(
        std::ranges::count(records, std::vector<Header>{{"trace", "abc"}, {"none", std::nullopt}}, &Record::headers),
        2);
}

TEST_F(KafkaSinkTest, ARecordRefusedAloneIsTheDocumentsFaultToo) {
    auto to = sink();
    cluster.fail(Request::produce, {RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE, RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE});
    const auto outcome = loop.run(to->write(output("k", "v")));
    ASSERT_FALSE(outcome);
    EXPECT_EQ(outcome.error().fault, Fault::input);
    EXPECT_THAT(outcome.error().message, HasSubstr("max.message.bytes"));
    EXPECT_TRUE(loop.run(to->write(output("k", "v"))));
    loop.run(to->close(soon()));
}

TEST_F(KafkaSinkTest, ARecordThatTheTopicsRulesRefuseIsNotTheDocumentsFault) {
    auto to = sink();
    for (const auto kind : {pipeline::OutputKind::annotation, pipeline::OutputKind::dead_letter}) {
        auto refused = output("k", "v");
        refused.kind = kind;
        cluster.fail(Request::produce, {RD_KAFKA_RESP_ERR_INVALID_RECORD, RD_KAFKA_RESP_ERR_INVALID_RECORD});
        const auto outcome = loop.run(to->write(refused));
        ASSERT_FALSE(outcome);
        EXPECT_EQ(outcome.error().fault, Fault::dependency);
        EXPECT_THAT(outcome.error().message,
                    AllOf(HasSubstr("validate record"), HasSubstr("cleanup.policy"), Not(HasSubstr("too large"))));
        EXPECT_TRUE(loop.run(to->write(refused))) << "once the topic takes it";
    }
    loop.run(to->close(soon()));
}

TEST_F(KafkaSinkTest, WhatTheInputTopicRefusesOfADocumentThatIsLoadedIsTheDocumentsFault) {
    const InputSettings input{cluster.brokers(), "in", "group", {}};
    auto made =
        KafkaSink::create(loop.executor(), loop.clock(), loading_into(input, 2'000), keep_notices(), SinkUse::loading);
    ASSERT_TRUE(made);
    auto& to = **made;
    for (const auto& [refusal, said] :
         {std::pair(RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE,
                    "a record of 1 bytes is over the `max.message.bytes` of topic in"),
          std::pair(RD_KAFKA_RESP_ERR_INVALID_RECORD, "a record of 1 bytes breaks a rule of topic in")}) {
        cluster.fail(Request::produce, {refusal, refusal});
        const auto outcome = loop.run(to.write(output("k", "v")));
        ASSERT_FALSE(outcome);
        EXPECT_EQ(outcome.error().fault, Fault::input);
        EXPECT_THAT(outcome.error().message, AllOf(HasSubstr(said), Not(HasSubstr("output.kafka"))));
    }
    const auto outcome = loop.run(to.write(output("k", std::string(2'001, 'x'))));
    ASSERT_FALSE(outcome);
    EXPECT_THAT(outcome.error().message, AllOf(HasSubstr("(2000)"), Not(HasSubstr("output.kafka"))));
    EXPECT_TRUE(loop.run(to.write(output("k", "v"))));
    for (const auto& notice : notices) EXPECT_THAT(notice.text, Not(HasSubstr("output.kafka")));
    loop.run(to.close(soon()));
}

TEST_F(KafkaSinkTest, ADeadLetterGetsItsPlaceForAKeyWhereItsTopicTakesNoneWithout) {
    auto to = sink();
    auto letter = output("", "unreadable");
    letter.key.reset();
    letter.kind = pipeline::OutputKind::dead_letter;
    letter.origin = {{"raw", 3}, 42, 0};
    letter.headers = {{"trace", "abc"}};
    ASSERT_TRUE(loop.run(to->write(letter)));
    cluster.fail(Request::produce, {RD_KAFKA_RESP_ERR_INVALID_RECORD, RD_KAFKA_RESP_ERR_INVALID_RECORD});
    ASSERT_TRUE(loop.run(to->write(letter)));
    const auto records = read_all("dead", 2);
    EXPECT_EQ(records[0].key, std::nullopt) << "nobody asked for one";
    EXPECT_EQ(records[1].key, "raw/3/42");
    EXPECT_EQ(records[1].value, "unreadable");
    EXPECT_EQ(records[1].headers, letter.headers);
    loop.run(to->close(soon()));
}

TEST_F(KafkaSinkTest, ADeadLetterRefusedWithAKeyTooWaits) {
    auto to = sink();
    auto letter = output("", "unreadable");
    letter.key.reset();
    letter.kind = pipeline::OutputKind::dead_letter;
    cluster.fail(Request::produce, std::vector(3, RD_KAFKA_RESP_ERR_INVALID_RECORD));
    const auto outcome = loop.run(to->write(letter));
    ASSERT_FALSE(outcome);
    EXPECT_EQ(outcome.error().fault, Fault::dependency);
    loop.run(to->close(soon()));
}

TEST_F(KafkaSinkTest, PassingTroubleIsRetriedInside) {
    auto to = sink();
    cluster.fail(Request::produce, {RD_KAFKA_RESP_ERR_NOT_LEADER_FOR_PARTITION, RD_KAFKA_RESP_ERR_REQUEST_TIMED_OUT});
    EXPECT_TRUE(loop.run(to->write(output("k", "v"))));
    EXPECT_EQ(read_all("out", 1).size(), 1U);
    EXPECT_EQ(to->stats().failed, 0U);
    loop.run(to->close(soon()));
}

TEST_F(KafkaSinkTest, AMissingPermissionIsNamedAndMayBeMended) {
    auto to = sink();
    cluster.fail(Request::produce, {RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED});
    const auto outcome = loop.run(to->write(output("k", "v")));
    ASSERT_FALSE(outcome);
    EXPECT_EQ(outcome.error().fault, Fault::dependency);
    EXPECT_THAT(outcome.error().message, AllOf(HasSubstr("written to out"), HasSubstr("allow this user")));
    // The client remembers the refusal until it has looked at the topic again.
    bool mended = false;
    for (int tries = 0; tries < 100 && !mended; ++tries) {
        loop.turn_for(std::chrono::milliseconds(50));
        mended = loop.run(to->write(output("k", "v"))).has_value();
    }
    EXPECT_TRUE(mended);
    loop.run(to->close(soon()));
}

TEST_F(KafkaSinkTest, AFullQueueMakesWritersWaitAndLosesNothing) {
    auto to = sink({{"queue.buffering.max.messages", "10"}});
    const auto writes = write_many(*to, 200);
    wait_for(writes);
    for (const auto& write : writes) EXPECT_TRUE(*write->value);
    EXPECT_GE(to->stats().waits_for_room, 190U);
    const auto records = read_all("out", 200);
    for (std::size_t i = 0; i < records.size(); ++i) EXPECT_EQ(records[i].value, std::to_string(i)) << "in order";
    loop.run(to->close(soon()));
}

TEST_F(KafkaSinkTest, AProducerThatFailedForGoodIsReplaced) {
    auto to = sink();
    ASSERT_TRUE(loop.run(to->write(output("k", "before"))));
    cluster.fail(Request::produce, {RD_KAFKA_RESP_ERR_INVALID_PRODUCER_EPOCH});
    const auto failed = loop.run(to->write(output("k", "during")));
    if (!failed) {
        EXPECT_EQ(failed.error().fault, Fault::dependency);
    }
    cluster.fail(Request::produce, {RD_KAFKA_RESP_ERR_OUT_OF_ORDER_SEQUENCE_NUMBER});
    const auto again = loop.run(to->write(output("k", "again")));
    if (!again) {
        EXPECT_EQ(again.error().fault, Fault::dependency);
    }
    EXPECT_TRUE(loop.run(to->write(output("k", "after"))));
    EXPECT_EQ(to->stats().rebuilds, failed && again ? 0U : 1U);
    loop.run(to->close(soon()));
}

TEST_F(KafkaSinkTest, ClosingWaitsForWhatIsUnderWayAndRefusesTheRest) {
    auto to = sink({{"linger.ms", "60000"}});
    const auto writes = write_many(*to, 50);
    loop.turn_for(std::chrono::milliseconds(1));
    loop.run(to->close(soon()));
    wait_for(writes);
    for (const auto& write : writes) EXPECT_TRUE(*write->value) << "closing does not linger";
    EXPECT_EQ(loop.run(to->write(output("k", "late"))).error().fault, Fault::cancelled);
}

TEST_F(KafkaSinkTest, ClosingEndsAtItsDeadlineWhenTheBrokerIsAway) {
    auto to = sink();
    ASSERT_TRUE(loop.run(to->write(output("k", "before"))));
    cluster.stop();
    const auto writes = write_many(*to, 20);
    loop.turn_for(std::chrono::milliseconds(20));
    loop.run(to->close(loop.clock().now() + std::chrono::milliseconds(300)));
    wait_for(writes);
    for (const auto& write : writes) {
        ASSERT_FALSE(*write->value);
        EXPECT_EQ(write->value->error().fault, Fault::dependency);
    }
    EXPECT_EQ(to->stats().in_flight, 0U);
}

TEST_F(KafkaSinkTest, DestroyedInAHurryItTellsEveryWriter) {
    auto to = sink({{"queue.buffering.max.messages", "10"}});
    cluster.stop();
    const auto writes = write_many(*to, 20);
    loop.turn_for(std::chrono::milliseconds(20));
    to.reset();
    wait_for(writes);
    for (const auto& write : writes) {
        ASSERT_FALSE(*write->value);
        EXPECT_NE(write->value->error().fault, Fault::input);
    }
}

}  // namespace
}  // namespace prelabel::kafka::test
