#include "mock_cluster.hpp"

#include <prelabel/kafka/connection.hpp>
#include <prelabel/kafka/probe.hpp>
#include <prelabel/kafka/topic_admin.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace prelabel::kafka::test {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::EndsWith;
using ::testing::Field;
using ::testing::HasSubstr;
using namespace std::chrono_literals;

std::vector<Finding> probed(const InputSettings& input, const OutputSettings& output,
                            std::chrono::milliseconds timeout) {
    std::vector<Finding> findings;
    probe(input, with_connection_of(input, output), timeout,
          [&](Finding finding) { findings.push_back(std::move(finding)); });
    return findings;
}

std::vector<Finding> probe_at(const std::string& brokers, const std::string& topic, std::chrono::milliseconds timeout) {
    const InputSettings input{brokers, topic, "prelabel", {}};
    OutputSettings output;
    output.topic = "out";
    output.dead_letter_topic = "dead";
    return probed(input, output, timeout);
}

TEST(KafkaProbe, FindsEverythingWhereEverythingIsThere) {
    const MockCluster cluster{{"in", 3}, {"out", 10}, {"dead", 1}};
    const auto findings = probe_at(cluster.brokers(), "in", 10s);
    EXPECT_THAT(findings, Each(Field(&Finding::ok, true)));
    EXPECT_THAT(findings, Contains(Field(&Finding::what, "topic in exists with 3 partitions")));
    EXPECT_THAT(findings, Contains(Field(&Finding::what, "topic out exists with 10 partitions")));
    EXPECT_THAT(findings, Contains(Field(&Finding::what, "topic dead exists with 1 partition")));
    EXPECT_THAT(findings, Contains(Field(&Finding::what, "group prelabel answers this user")));
}

TEST(KafkaProbe, SaysThatTheGroupIsRefusedWhereverTheBrokerSaysSo) {
    for (const auto request : {Request::find_coordinator, Request::offset_fetch}) {
        MockCluster cluster{{"in", 1}, {"out", 1}, {"dead", 1}};
        cluster.fail(request, std::vector(20, RD_KAFKA_RESP_ERR_GROUP_AUTHORIZATION_FAILED));
        EXPECT_THAT(
            probe_at(cluster.brokers(), "in", 10s),
            Contains(AllOf(Field(&Finding::ok, false), Field(&Finding::what, "this user may not use group prelabel"),
                           Field(&Finding::fix, HasSubstr("allow READ on group prelabel")))));
    }
}

TEST(KafkaProbe, SaysWhichTopicIsMissingAndWhatToDo) {
    const MockCluster cluster{{"out", 1}, {"dead", 1}};
    EXPECT_THAT(
        probe_at(cluster.brokers(), "in", 10s),
        Contains(AllOf(Field(&Finding::ok, false), Field(&Finding::what, "topic in is missing at " + cluster.brokers()),
                       Field(&Finding::fix, AllOf(HasSubstr("create the topic"),
                                                  EndsWith("kafka-topics.sh --bootstrap-server " + cluster.brokers() +
                                                           " --create --topic in --partitions 6"))))));
}

TEST(KafkaProbe, TriesTransactionsWhereTheyAreWanted) {
    MockCluster cluster{{"in", 1}, {"out", 1}, {"dead", 1}};
    const InputSettings input{cluster.brokers(), "in", "prelabel", {}};
    OutputSettings output;
    output.brokers = cluster.brokers();
    output.topic = "out";
    output = transactional(input, output, "worker-0");
    EXPECT_THAT(
        probed(input, output, 5s),
        Contains(AllOf(Field(&Finding::ok, false), Field(&Finding::what, HasSubstr("transactions cannot be used")),
                       Field(&Finding::fix, HasSubstr("at_least_once")))))
        << "the mock keeps none";
    cluster.fail(Request::init_producer_id, std::vector(20, RD_KAFKA_RESP_ERR_TRANSACTIONAL_ID_AUTHORIZATION_FAILED));
    EXPECT_THAT(probed(input, output, 5s),
                Contains(Field(&Finding::fix, HasSubstr("transactional ids with the prefix prelabel."))));
}

TEST(KafkaProbe, SaysOnceAndWithinThreeSecondsThatBrokersDoNotAnswer) {
    const auto start = std::chrono::steady_clock::now();
    const auto findings = probe_at("127.0.0.1:1", "in", 10s);
    EXPECT_LT(std::chrono::steady_clock::now() - start, 4s);
    EXPECT_THAT(findings, ElementsAre(AllOf(Field(&Finding::ok, false), Field(&Finding::what, HasSubstr("127.0.0.1:1")),
                                            Field(&Finding::fix, HasSubstr("`brokers`")))));
}

TEST(KafkaProbe, ReportsAPropertyThatCannotBe) {
    const InputSettings input{"127.0.0.1:1", "in", "prelabel", {{"no.such", "1"}}};
    OutputSettings output;
    output.topic = "out";
    EXPECT_THAT(probed(input, output, 1s),
                Contains(AllOf(Field(&Finding::ok, false),
                               Field(&Finding::what, HasSubstr("input.kafka.properties.no.such")))));
}

TEST(TopicAdmin, NamesTheTopicThatCannotBe) {
    const auto refused = create_topics("127.0.0.1:1", {}, {{"", 1, 1, {}}}, 1s);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().fault, Fault::config);
}

TEST(TopicAdmin, GivesUpOnBrokersThatDoNotAnswer) {
    const auto refused = create_topics("127.0.0.1:1", {}, {{"in", 1, 1, {}}}, 1s);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().fault, Fault::dependency);
    EXPECT_THAT(refused.error().message, HasSubstr("`brokers`"));
}

}  // namespace
}  // namespace prelabel::kafka::test
