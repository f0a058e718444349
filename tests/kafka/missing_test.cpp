#include "mock_cluster.hpp"

#include <prelabel/kafka/connection.hpp>
#include <prelabel/kafka/missing.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace prelabel::kafka::test {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::StartsWith;
using namespace std::chrono_literals;

InputSettings reading(const std::string& brokers) { return {brokers, "in", "prelabel", {}}; }

OutputSettings writing(const InputSettings& input) {
    OutputSettings output;
    output.topic = "out";
    output.dead_letter_topic = "dead";
    return with_connection_of(input, output);
}

TEST(KafkaMissing, NothingIsWhereAllIsThere) {
    const MockCluster cluster{{"in", 1}, {"out", 1}, {"dead", 1}};
    const auto input = reading(cluster.brokers());
    EXPECT_THAT(missing_of(input), IsEmpty());
    EXPECT_THAT(missing_of(input, writing(input), {}), IsEmpty());
}

TEST(KafkaMissing, SaysWhichTopicsAndHowToCreateThemWithinThreeSeconds) {
    const MockCluster cluster{{"out", 1}};
    const auto input = reading(cluster.brokers());
    const auto start = std::chrono::steady_clock::now();
    const auto missing = missing_of(input, writing(input), {});
    EXPECT_LT(std::chrono::steady_clock::now() - start, 3s);
    const auto sentence = [&](const std::string& topic) {
        return "topic " + topic + " is missing at " + cluster.brokers() +
               "; create the topic, or allow this user to describe it: kafka-topics.sh --bootstrap-server " +
               cluster.brokers() + " --create --topic " + topic + " --partitions 6";
    };
    EXPECT_THAT(missing, ElementsAre(sentence("in"), sentence("dead")));
}

TEST(KafkaMissing, SaysOnceThatBrokersDoNotAnswerWithinThreeSeconds) {
    const auto input = reading("127.0.0.1:1");
    const auto start = std::chrono::steady_clock::now();
    const auto missing = missing_of(input, writing(input), {});
    EXPECT_LT(std::chrono::steady_clock::now() - start, 3s);
    EXPECT_THAT(missing, ElementsAre(AllOf(StartsWith("brokers 127.0.0.1:1 do not answer: "),
                                           HasSubstr("Connection refused; check that `brokers` names"))));
}

TEST(KafkaMissing, LooksAtBothClustersWhereTheyAreTwo) {
    const MockCluster cluster{{"in", 1}};
    const auto input = reading(cluster.brokers());
    auto output = writing(input);
    output.brokers = "127.0.0.1:1";
    EXPECT_THAT(missing_of(input, output, {}), ElementsAre(StartsWith("brokers 127.0.0.1:1 do not answer: ")));
}

TEST(KafkaMissing, StopsAskingWhenToldTo) {
    std::stop_source stop;
    stop.request_stop();
    const auto start = std::chrono::steady_clock::now();
    static_cast<void>(missing_of(reading("127.0.0.1:1"), stop.get_token()));
    EXPECT_LT(std::chrono::steady_clock::now() - start, 1s);
}

}  // namespace
}  // namespace prelabel::kafka::test
