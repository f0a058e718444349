#include "admission_fixture.hpp"

namespace prelabel::pipeline {
namespace {

TEST_F(AdmissionTest, HoldsEverybodyAsLongAsTheProviderAsked) {
    with({0, 0, 10});
    ask_many(2);
    end_throttled(seconds(20));
    end_throttled(seconds(3));  // a shorter wish shortens nothing
    ask("waits");
    loop.advance(seconds(20) - milliseconds(1));
    EXPECT_EQ(order(), (Order{"0", "1"}));
    loop.advance(milliseconds(1));
    EXPECT_EQ(order(), (Order{"0", "1", "waits"}));
    EXPECT_EQ(waits(WaitReason::provider), 1U);
    EXPECT_DOUBLE_EQ(waited(WaitReason::provider), 20.0);
}

TEST_F(AdmissionTest, AfterAHoldCallsGoOneThenTwoThenFour) {
    with({0, 0, 64});
    ask_many(64);
    loop.advance(milliseconds(10));
    for (int i = 0; i < 64; ++i) end_throttled(seconds(5));
    order().clear();
    ask_many(64);
    loop.advance(seconds(5));
    std::vector<std::size_t> rounds;
    while (order().size() < 31) {
        rounds.push_back(order().size() - (rounds.empty() ? 0 : order().size() - stats.calls_in_flight));
        answer(stats.calls_in_flight);
    }
    EXPECT_EQ(rounds, (std::vector<std::size_t>{1, 2, 4, 8}));
}

TEST_F(AdmissionTest, WithoutRetryAfterItHoldsLongerEachTimeUntilSomethingIsAnswered) {
    with({0, 0, 4});
    ask("first");
    std::vector<Duration> holds;
    for (std::size_t wave = 1; holds.size() < 6; ++wave) {
        loop.advance(milliseconds(1));
        const TimePoint refused_at = loop.now();
        end_throttled(std::nullopt);
        ask("again");
        while (order().size() == wave) loop.advance(milliseconds(1));
        if (loop.now() > refused_at) holds.push_back(loop.now() - refused_at);  // one refusal alone holds nobody
    }
    EXPECT_EQ(holds,
              (std::vector<Duration>{milliseconds(500), seconds(1), seconds(2), seconds(4), seconds(8), seconds(8)}));
}

TEST_F(AdmissionTest, EstimatesTheTokensOfACallWhenItIsSentNotWhenItCame) {
    with({0, 60'000, 1'000});  // 1,000 a second
    ask_many(100, 1'000);
    end({.input_tokens = 200});  // a tenth of a token a byte
    for (int i = 0; i < 10; ++i) {
        loop.advance(seconds(1));
        while (stats.calls_in_flight > 0) end({.input_tokens = 200});
    }
    EXPECT_GT(order().size(), 20U) << "as estimated at first, ten would have gone";
}

TEST_F(AdmissionTest, ReadsAheadWhatTwoMinutesOfTheQuotaLetThrough) {
    EXPECT_EQ(with({500, 0, 512}).documents_worth_reading(0), 1'000U);
    EXPECT_EQ(with({1, 0, 512}).documents_worth_reading(0), 64U);
    EXPECT_GT(with({0, 0, 512}).documents_worth_reading(0), 1'000'000U) << "nothing is known that holds calls back";
    with({0, 60'000, 512});
    ask_many(1, 600);
    EXPECT_EQ(admission().documents_worth_reading(0), 200U) << "a call takes 600 tokens";
}

TEST_F(AdmissionTest, TakesTheLimitsFromTheProvidersHeadersWhereNoneIsConfigured) {
    with({0, 60'000, 1'000});
    ask_many(2);
    EXPECT_TRUE(end({.limits = {60, 1'000}}).limits_are_new);
    EXPECT_FALSE(end({.limits = {60, 1'000}}).limits_are_new) << "no news";
    order().clear();
    EXPECT_EQ(stats.requests_per_minute, 60U);
    EXPECT_EQ(stats.tokens_per_minute, 60'000U) << "the configured one is kept";
    ask_many(100);
    loop.advance(minutes(1));
    EXPECT_NEAR(static_cast<double>(order().size()), 60, 2);
}

TEST_F(AdmissionTest, AtALimitOfThisMachineItRestsAndGoesOnWithFewer) {
    with({0, 0, 64});
    ask_many(64);
    loop.advance(milliseconds(10));
    EXPECT_TRUE(end({.reply = llm::ReplyClass::local_limit}).crowded_first);
    EXPECT_FALSE(end({.reply = llm::ReplyClass::local_limit}).crowded_first) << "of the same wave";
    for (int i = 0; i < 62; ++i) end();
    ask_many(64);
    loop.advance(milliseconds(500));
    EXPECT_EQ(stats.calls_in_flight, 0U);
    loop.advance(seconds(1));
    EXPECT_EQ(stats.calls_in_flight, 54U);
}

}  // namespace
}  // namespace prelabel::pipeline
