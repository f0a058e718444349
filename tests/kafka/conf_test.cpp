#include "kafka/conf.hpp"

#include <prelabel/kafka/connection.hpp>

#include <array>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace prelabel::kafka {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

InputSettings input_with(Properties properties) {
    return {"localhost:1", "raw-documents", "prelabel", std::move(properties)};
}

OutputSettings output_with(Properties properties) {
    OutputSettings output;
    output.brokers = "localhost:1";
    output.topic = "pre-annotations";
    output.dead_letter_topic = "pre-annotations.dlq";
    output.properties = std::move(properties);
    return output;
}

template <class T>
std::string error_of(const Result<T>& result) {
    if (result) return "no error";
    EXPECT_EQ(result.error().fault, Fault::config);
    return result.error().message;
}

std::string value_in(const ConfPtr& conf, const char* name) {
    std::array<char, 256> value{};
    auto size = value.size();
    EXPECT_EQ(rd_kafka_conf_get(conf.get(), name, value.data(), &size), RD_KAFKA_CONF_OK) << name;
    return value.data();
}

TEST(KafkaConf, NamesTheKeyOfAnUnknownPropertyAndWhatItMayHaveMeant) {
    EXPECT_THAT(error_of(validate(input_with({{"sesion.timeout.ms", "1"}}))),
                AllOf(HasSubstr("input.kafka.properties.sesion.timeout.ms"), HasSubstr("no such property"),
                      HasSubstr("did you mean `session.timeout.ms`?")));
    EXPECT_THAT(error_of(validate(output_with({{"lingr.ms", "1"}}))),
                AllOf(HasSubstr("output.kafka.properties.lingr.ms"), HasSubstr("`linger.ms`")));
    EXPECT_THAT(error_of(validate(input_with({{"auto.ofset.reset", "latest"}}))), HasSubstr("`auto.offset.reset`"));
}

TEST(KafkaConf, RefusesToSkipWhatWasWrittenWhileNobodyRead) {
    for (const auto* value : {"latest", "largest", "end"})
        EXPECT_THAT(error_of(validate(input_with({{"auto.offset.reset", value}}))),
                    AllOf(HasSubstr("input.kafka.properties.auto.offset.reset"), HasSubstr("skipped")));
    for (const auto* value : {"earliest", "smallest", "beginning", "error"})
        EXPECT_TRUE(validate(input_with({{"auto.offset.reset", value}}))) << value;
}

TEST(KafkaConf, HidesAValueThatTheClientRepeats) {
    const std::string token = "b3JkaW5hcnktdG9rZW4tMTIz";
    const auto refused = error_of(validate(input_with({{"security.protocol", "SASL_PLAINTEXT"},
                                                       {"sasl.mechanism", "OAUTHBEARER"},
                                                       {"enable.sasl.oauthbearer.unsecure.jwt", "true"},
                                                       {"sasl.oauthbearer.config", "unknown=" + token}})));
    EXPECT_THAT(refused, Not(HasSubstr(token)));
}

TEST(KafkaConf, PassesOnTheClientsReasonForABadValue) {
    EXPECT_THAT(error_of(validate(input_with({{"session.timeout.ms", "soon"}}))),
                AllOf(HasSubstr("input.kafka.properties.session.timeout.ms: "), HasSubstr("session.timeout.ms")));
    EXPECT_THAT(error_of(validate(input_with({{"isolation.level", "serializable"}}))), HasSubstr("serializable"));
}

TEST(KafkaConf, NamesTheKeyWhenOnlyTheCombinationIsBad) {
    EXPECT_THAT(error_of(validate(input_with({{"session.timeout.ms", "90000"}, {"max.poll.interval.ms", "60000"}}))),
                HasSubstr("input.kafka.properties.session.timeout.ms: "));
    EXPECT_THAT(error_of(validate(output_with({{"max.in.flight", "6"}}))),
                HasSubstr("output.kafka.properties.max.in.flight: "));
}

TEST(KafkaConf, RefusesWhatWouldBreakAGuaranteeWithTheReason) {
    for (const auto* name : {"enable.auto.commit", "enable.auto.offset.store", "enable.partition.eof", "group.id",
                             "bootstrap.servers", "plugin.library.paths"})
        EXPECT_THAT(error_of(validate(input_with({{name, "true"}}))),
                    AllOf(HasSubstr(std::string("input.kafka.properties.") + name + " cannot be set: "),
                          Not(HasSubstr("no such"))));
    for (const auto* name :
         {"enable.idempotence", "acks", "request.required.acks", "transactional.id", "message.max.bytes"})
        EXPECT_THAT(error_of(validate(output_with({{name, "0"}}))),
                    HasSubstr(std::string("output.kafka.properties.") + name + " cannot be set: "));
}

TEST(KafkaConf, RefusesToReadWhatIsNotCommittedWhereTransactionsAreAwaited) {
    auto input = input_with({{"isolation.level", "read_uncommitted"}});
    EXPECT_TRUE(validate(input));
    input.await_transactions = true;
    EXPECT_THAT(error_of(validate(input)),
                AllOf(HasSubstr("input.kafka.properties.isolation.level"), HasSubstr("at_least_once")));
}

TEST(KafkaConf, NamesThePropertyThatATransactionCannotHave) {
    const auto error = error_of(validate(transactional(
        input_with({}), output_with({{"message.timeout.ms", "60000"}, {"transaction.timeout.ms", "10000"}}), "one")));
    EXPECT_THAT(error, HasSubstr("output.kafka.properties."));
    EXPECT_THAT(error, HasSubstr("message.timeout.ms"));
    EXPECT_TRUE(validate(transactional(input_with({}), output_with({}), "one")));
    const auto backoff = output_with({{"retry.backoff.ms", "10"}});
    EXPECT_THAT(error_of(validate(transactional(input_with({}), backoff, "one"))),
                AllOf(HasSubstr("output.kafka.properties.retry.backoff.ms"), HasSubstr("at_least_once")));
    EXPECT_FALSE(validate(transactional(input_with({}), output_with({{"retry.backoff.max.ms", "600"}}), "one")));
    EXPECT_TRUE(validate(backoff)) << "without transactions it harms nobody";
}

TEST(KafkaConf, NeverRepeatsASecretInAnError) {
    const auto message =
        error_of(validate(input_with({{"security.protocol", "ssl"}, {"ssl.key.pem", "my-private-key"}})));
    EXPECT_THAT(message, AllOf(HasSubstr("ssl.key.pem"), Not(HasSubstr("my-private-key"))));
}

TEST(KafkaConf, RefusesIncrementalRebalancingWhereItLosesPartitions) {
    const auto sticky = validate(input_with({{"partition.assignment.strategy", "cooperative-sticky"}}));
    if (can_rebalance_incrementally()) {
        EXPECT_TRUE(sticky) << error_of(sticky);
    } else {
        EXPECT_THAT(error_of(sticky), AllOf(HasSubstr("input.kafka.properties.partition.assignment.strategy"),
                                            HasSubstr("`range`"), HasSubstr("2.10")));
        EXPECT_THAT(error_of(validate(input_with({{"group.protocol", "consumer"}}))),
                    HasSubstr("input.kafka.properties.group.protocol"));
    }
}

TEST(KafkaConf, AcceptsStaticMembershipSaslAndTls) {
    const auto accepted = validate(input_with({{"group.instance.id", "worker-0"},
                                               {"security.protocol", "SASL_SSL"},
                                               {"sasl.mechanism", "SCRAM-SHA-512"},
                                               {"sasl.username", "alice"},
                                               {"sasl.password", "secret"},
                                               {"enable.ssl.certificate.verification", "true"},
                                               {"ssl.endpoint.identification.algorithm", "https"}}));
    EXPECT_TRUE(accepted) << error_of(accepted);
}

TEST(KafkaConf, KeepsTheGuaranteesAndLetsTheUserOverrideTheRest) {
    const auto consumer =
        consumer_conf(input_with({{"auto.offset.reset", "error"}, {"queued.max.messages.kbytes", "512"}}));
    ASSERT_TRUE(consumer);
    EXPECT_EQ(value_in(*consumer, "auto.offset.reset"), "error");
    EXPECT_EQ(value_in(*consumer, "queued.max.messages.kbytes"), "512");
    EXPECT_EQ(value_in(*consumer, "enable.auto.commit"), "false");
    EXPECT_EQ(value_in(*consumer, "enable.auto.offset.store"), "false");
    EXPECT_EQ(value_in(*consumer, "partition.assignment.strategy"), "range");

    EXPECT_EQ(value_in(*consumer_conf(input_with({})), "auto.offset.reset"), "smallest");
    const auto producer = producer_conf(output_with({{"compression.codec", "zstd"}}));
    ASSERT_TRUE(producer);
    EXPECT_EQ(value_in(*producer, "enable.idempotence"), "true");
    EXPECT_EQ(value_in(*producer, "acks"), "-1");
    EXPECT_EQ(value_in(*producer, "compression.codec"), "zstd");
}

// What a fetch brings is unpacked at once and outside every limit, so it is the least there is: one batch.
TEST(KafkaConf, AFetchBringsOneBatchUnlessMoreIsAskedFor) {
    EXPECT_EQ(value_in(*consumer_conf(input_with({})), "fetch.max.bytes"), "1000");
    EXPECT_TRUE(validate(input_with({{"fetch.max.bytes", "52428800"}})));
    EXPECT_THAT(
        error_of(validate(input_with({{"message.max.bytes", "2000000"}}))),
        AllOf(HasSubstr("input.kafka.properties.message.max.bytes cannot be set: "), HasSubstr("`fetch.max.bytes`")));
}

TEST(KafkaConf, NamesWhatIsMissing) {
    auto input = input_with({});
    input.topic.clear();
    EXPECT_EQ(error_of(validate(input)), "input.kafka.topic is empty");
    auto output = output_with({});
    output.max_record_bytes = 10;
    EXPECT_THAT(error_of(validate(output)), HasSubstr("output.kafka.max_record_bytes"));
}

TEST(KafkaConnection, GivesTheOutputTheInputsConnectionButNotItsGroupSettings) {
    const auto input =
        input_with({{"sasl.username", "alice"}, {"ssl.ca.location", "/ca"}, {"max.poll.interval.ms", "1000"}});
    OutputSettings output;
    output.topic = "out";
    output.properties = {{"sasl.username", "bob"}};
    const auto complete = with_connection_of(input, output);
    EXPECT_EQ(complete.brokers, "localhost:1");
    EXPECT_EQ(complete.properties, (Properties{{"sasl.username", "bob"}, {"ssl.ca.location", "/ca"}}));
}

TEST(KafkaConnection, NeverSendsCredentialsToOtherBrokers) {
    auto output = output_with({});
    output.brokers = "elsewhere:9092";
    EXPECT_TRUE(with_connection_of(input_with({{"sasl.password", "secret"}}), output).properties.empty());
}

TEST(KafkaConnection, LoadsIntoTheInputTopic) {
    const auto output = loading_into(input_with({{"sasl.username", "alice"}, {"group.instance.id", "a"}}), 5'000'000);
    EXPECT_EQ(output.topic, "raw-documents");
    EXPECT_EQ(output.properties, (Properties{{"sasl.username", "alice"}, {"message.timeout.ms", "30000"}}));
    EXPECT_EQ(output.max_record_bytes, 5'000'000U) << "what the worker may write does not matter here";
    EXPECT_TRUE(validate(output));
}

}  // namespace
}  // namespace prelabel::kafka
