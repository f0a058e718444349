#include "admission_fixture.hpp"

namespace prelabel::pipeline {
namespace {

TEST_F(AdmissionTest, HoldsEverybodyAsLongAsTheProviderAsked) {
    auto& admission = with({0, 0, 10});
    admission.throttled(loop.now(), seconds(20));
    admission.throttled(loop.now(), seconds(3));  // a shorter wish shortens nothing
    ask("waits");
    loop.advance(seconds(20) - milliseconds(1));
    EXPECT_TRUE(order.empty());
    loop.advance(milliseconds(1));
    EXPECT_EQ(order, Order{"waits"});
    EXPECT_EQ(waits(WaitReason::provider), 1U);
    EXPECT_DOUBLE_EQ(waited(WaitReason::provider), 20.0);
}

TEST_F(AdmissionTest, AfterAHoldCallsGoOneThenTwoThenFour) {
    auto& admission = with({0, 0, 64});
    ask_many(64);
    loop.advance(milliseconds(10));
    for (int i = 0; i < 64; ++i) {
        admission.throttled(loop.now() - milliseconds(10), seconds(5));
        admission.release();
    }
    order.clear();
    ask_many(64);
    loop.advance(seconds(5));
    std::vector<std::size_t> rounds;
    while (order.size() < 31) {
        rounds.push_back(order.size() - (rounds.empty() ? 0 : order.size() - stats.calls_in_flight));
        answer(stats.calls_in_flight);
    }
    EXPECT_EQ(rounds, (std::vector<std::size_t>{1, 2, 4, 8}));
}

TEST_F(AdmissionTest, WithoutRetryAfterItHoldsLongerEachTimeUntilSomethingIsAnswered) {
    auto& admission = with({0, 0, 4});
    std::vector<Duration> holds;
    for (int wave = 0; wave < 6; ++wave) {
        loop.advance(milliseconds(1));
        const TimePoint refused_at = loop.now();
        admission.throttled(refused_at, std::nullopt);
        admission.throttled(refused_at, std::nullopt);
        ask(std::to_string(wave));
        while (order.size() < static_cast<std::size_t>(wave) + 1) loop.advance(milliseconds(1));
        holds.push_back(loop.now() - refused_at);
        admission.release();
    }
    EXPECT_EQ(holds,
              (std::vector<Duration>{milliseconds(500), seconds(1), seconds(2), seconds(4), seconds(8), seconds(8)}));
}

TEST_F(AdmissionTest, EstimatesTheTokensOfACallWhenItIsSentNotWhenItCame) {
    auto& admission = with({0, 60'000, 1'000});  // 1,000 a second
    ask_many(100, 1'000);
    for (int i = 0; i < 100; ++i) admission.counted(1'000, 100);  // a tenth of a token a byte
    loop.advance(seconds(10));
    EXPECT_GT(order.size(), 20U) << "as estimated at first, ten would have gone";
}

TEST_F(AdmissionTest, ReadsAheadWhatTwoMinutesOfTheQuotaLetThrough) {
    EXPECT_EQ(with({500, 0, 512}).documents_worth_reading(), 1'000U);
    EXPECT_EQ(with({1, 0, 512}).documents_worth_reading(), 64U);
    EXPECT_GT(with({0, 0, 512}).documents_worth_reading(), 1'000'000U) << "nothing is known that holds calls back";
    with({0, 60'000, 512});
    ask_many(1, 600);
    EXPECT_EQ(admission().documents_worth_reading(), 200U) << "a call takes 600 tokens";
}

TEST_F(AdmissionTest, TakesTheLimitsFromTheProvidersHeadersWhereNoneIsConfigured) {
    auto& admission = with({0, 60'000, 1'000});
    EXPECT_TRUE(admission.shown({60, 1'000}));
    EXPECT_FALSE(admission.shown({60, 1'000})) << "no news";
    EXPECT_EQ(stats.requests_per_minute, 60U);
    EXPECT_EQ(stats.tokens_per_minute, 60'000U) << "the configured one is kept";
    ask_many(100);
    loop.advance(minutes(1));
    EXPECT_NEAR(static_cast<double>(order.size()), 60, 2);
}

TEST_F(AdmissionTest, AtALimitOfThisMachineItRestsAndGoesOnWithFewer) {
    auto& admission = with({0, 0, 64});
    ask_many(64);
    loop.advance(milliseconds(10));
    EXPECT_TRUE(admission.crowded(loop.now() - milliseconds(5)));
    EXPECT_FALSE(admission.crowded(loop.now() - milliseconds(5))) << "of the same wave";
    for (int i = 0; i < 64; ++i) admission.release();
    ask_many(64);
    loop.advance(milliseconds(500));
    EXPECT_EQ(stats.calls_in_flight, 0U);
    loop.advance(seconds(1));
    EXPECT_EQ(stats.calls_in_flight, 54U);
}

}  // namespace
}  // namespace prelabel::pipeline
