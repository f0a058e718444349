#include "kafka/broker_watch.hpp"

#include "fixture.hpp"

#include <initializer_list>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace prelabel::kafka {
namespace {

using ::testing::Contains;
using ::testing::Field;
using ::testing::HasSubstr;
using ::testing::Not;

std::string with_brokers(std::initializer_list<const char*> states) {
    std::string brokers;
    for (const auto* state : states)
        brokers += (brokers.empty() ? "" : ",") + ("\"sasl_ssl://kafka-" + std::to_string(brokers.size())) +
                   R"(:9092/1":{"name":"x","state":")" + state + R"(","toppars":{"t-0":{"state":"UP"}}})";
    return R"({"name":"prelabel#consumer-1","cgrp":{"state":"up"},"brokers":{)" + brokers + "}}";
}

TEST(BrokerWatch, CountsTheConnectionsThatStand) {
    BrokerWatch watch("input.kafka");
    EXPECT_EQ(watch.up(), std::nullopt);
    EXPECT_FALSE(watch.take(with_brokers({"UP", "INIT", "DOWN", "UPDATE", "CONNECT"})));
    EXPECT_EQ(watch.up(), 2U);
    EXPECT_FALSE(watch.take("not JSON"));
    EXPECT_EQ(watch.up(), 0U);
}

TEST(BrokerWatch, SaysOnceThatNobodyAnswersAndThatSomebodyDoesAgain) {
    BrokerWatch watch("input.kafka");
    EXPECT_FALSE(watch.take(with_brokers({"UP"})));
    EXPECT_FALSE(watch.take(with_brokers({"DOWN"}))) << "an idle connection is made anew in a moment";
    const auto gone = watch.take(with_brokers({"CONNECT"}));
    ASSERT_TRUE(gone);
    EXPECT_EQ(gone->severity, Severity::warning);
    EXPECT_THAT(gone->text, HasSubstr("no broker of input.kafka answers"));
    for (int i = 0; i < 10; ++i) EXPECT_FALSE(watch.take(with_brokers({"DOWN"})));
    const auto back = watch.take(with_brokers({"UP", "DOWN"}));
    ASSERT_TRUE(back);
    EXPECT_EQ(back->severity, Severity::info);
    EXPECT_EQ(back->text, "the brokers of input.kafka answer again");
    EXPECT_FALSE(watch.take(with_brokers({"UP", "UP"})));
}

TEST(BrokerWatch, SaysNothingBeforeTheFirstConnection) {
    BrokerWatch watch("output.kafka");
    for (int i = 0; i < 10; ++i) EXPECT_FALSE(watch.take(with_brokers({"CONNECT"})));
    EXPECT_FALSE(watch.take(with_brokers({"UP"})));
    EXPECT_FALSE(watch.take(with_brokers({"DOWN"})));
    EXPECT_FALSE(watch.take(with_brokers({"UP"})));
    EXPECT_FALSE(watch.take(with_brokers({"DOWN"})));
}

class BrokersOfASource : public test::KafkaTest {};

TEST_F(BrokersOfASource, AreMissedWhenNoneAnswersAndFoundAgain) {
    auto from = source({{"statistics.interval.ms", "100"}, {"reconnect.backoff.max.ms", "200"}});
    const auto waiting = loop.start(from->next(plenty));
    loop.turn_until([&] { return from->stats().brokers_up.value_or(0) > 0; });
    notices.clear();
    cluster.stop();
    const auto says = [&](const char* text) {
        return ::testing::Value(notices, Contains(Field(&Notice::text, HasSubstr(text))));
    };
    loop.turn_until([&] { return says("no broker of input.kafka answers"); });
    EXPECT_EQ(from->stats().brokers_up, 0U);
    for (const auto& notice : notices) {
        if (notice.severity >= Severity::info) {
            EXPECT_THAT(notice.text, Not(HasSubstr("thrd:")));
        }
    }
    cluster.start();
    loop.turn_until([&] { return says("the brokers of input.kafka answer again"); });
    from->stop();
    loop.turn_until([&] { return waiting->done; });
    loop.run(from->close(soon()));
}

}  // namespace
}  // namespace prelabel::kafka
