#include <prelabel/flow/endpoint_health.hpp>

#include <algorithm>
#include <vector>

#include <gtest/gtest.h>

namespace prelabel::flow {
namespace {

using namespace std::chrono_literals;
constexpr TimePoint start = TimePoint{} + 1h;

class EndpointHealthTest : public ::testing::Test {
protected:
    void answer(Duration at) { health.answered(start + at, start + at); }
    void fail(std::uint64_t document, Duration at) { health.failed(document, start + at); }
    EndpointHealth health;
};

TEST_F(EndpointHealthTest, TakesManyFailuresOverSomeTimeForAnOutage) {
    answer(0s);
    for (std::uint64_t document = 0; document < 100; ++document) fail(document, 1s);
    EXPECT_FALSE(health.down(start + 1s)) << "failures come back faster than answers";
    EXPECT_TRUE(health.down(start + 4s));
    answer(5s);
    EXPECT_FALSE(health.down(start + 5s));
}

TEST_F(EndpointHealthTest, TakesALongSilenceForAnOutageHoweverFewCallsItMeets) {
    answer(0s);
    for (std::uint64_t document = 0; document < 4; ++document) fail(document, 1s);
    EXPECT_FALSE(health.down(start + 30s));
    EXPECT_TRUE(health.down(start + 31s));
}

TEST_F(EndpointHealthTest, DoesNotTakeOneDocumentThatAlwaysFailsForAnOutage) {
    answer(0s);
    for (int i = 0; i < 100; ++i) fail(7, std::chrono::seconds(i));
    EXPECT_TRUE(health.only_a_few_fail());
    EXPECT_FALSE(health.down(start + 1h));
}

TEST_F(EndpointHealthTest, TakesOneDocumentForAnOutageWhereNothingEverWorked) {
    fail(7, 0s);
    EXPECT_FALSE(health.only_a_few_fail());
    EXPECT_TRUE(health.down(start + 30s));
}

TEST_F(EndpointHealthTest, CallsAShorterSilenceAnOutageWhereNobodyWaitsForLong) {
    health.wait_no_longer_than(2s);
    fail(7, 1s);
    EXPECT_EQ(health.failing_since(), start + 1s);
    EXPECT_FALSE(health.down(start + 2s));
    EXPECT_TRUE(health.down(start + 3s));
    health.wait_no_longer_than(0s);
    EXPECT_TRUE(health.down(start + 1s)) << "nobody waits at all";
    health.wait_no_longer_than(5min);
    EXPECT_FALSE(health.down(start + 30s)) << "but never a longer one";
    EXPECT_TRUE(health.down(start + 31s));
}

TEST_F(EndpointHealthTest, WaitsForOlderCallsBeforeItSaysThatNobodyIsAnswered) {
    const auto slow = health.sent(start);
    for (std::uint64_t document = 0; document < 100; ++document) {
        const auto call = health.sent(start + 1s);
        health.returned(call);
        fail(document, 1s);
        health.refused(document, start + 1s);
    }
    EXPECT_FALSE(health.down(start + 1min));
    EXPECT_FALSE(health.refuses_all(50));
    health.returned(slow);
    EXPECT_TRUE(health.down(start + 1min));
    EXPECT_TRUE(health.refuses_all(50));
}

TEST_F(EndpointHealthTest, CallsReturnInAnyOrder) {
    const auto a = health.sent(start);
    const auto b = health.sent(start + 1s);
    const auto c = health.sent(start + 2s);
    health.returned(b);
    health.returned(a);
    fail(1, 3s);
    EXPECT_FALSE(health.down(start + 1h)) << "c was sent before the failure";
    health.returned(c);
    EXPECT_TRUE(health.down(start + 1h));
    EXPECT_DEATH(health.returned(c), "contract");
}

TEST_F(EndpointHealthTest, TellsAnAnswerFromAnAnswerToALaterCall) {
    health.answered(start, start + 10s);
    EXPECT_TRUE(health.answered_since(start + 5s));
    EXPECT_FALSE(health.accepted_since(start + 5s)) << "the call had been sent before";
    health.answered(start + 6s, start + 11s);
    EXPECT_TRUE(health.accepted_since(start + 5s));
    health.answered(start + 1s, start + 12s);
    EXPECT_TRUE(health.accepted_since(start + 5s)) << "an older call that comes late takes nothing back";
}

TEST_F(EndpointHealthTest, KnowsWhenCallsWereAcceptedWhateverTheOrderOfTheirAnswers) {
    std::vector<int> sent = {0, 100, 5, 40, 41, 39, 70, 99, 98, 6, 3};
    for (const int at : sent) health.answered(start + std::chrono::seconds(at), start + 2min);
    for (int from = 0; from < 110; ++from) {
        for (int to = from; to < 110; ++to) {
            const bool expected = std::ranges::any_of(sent, [&](int at) { return at > from && at <= to; });
            ASSERT_EQ(health.accepted_between(start + std::chrono::seconds(from), start + std::chrono::seconds(to)),
                      expected)
                << from << " to " << to;
        }
    }
}

TEST_F(EndpointHealthTest, CountsTheDocumentsThatAreRefusedNotTheRefusals) {
    for (int i = 0; i < 10; ++i) health.refused(1, start);
    EXPECT_FALSE(health.refuses_all(2));
    health.refused(2, start);
    EXPECT_TRUE(health.refuses_all(2));
    answer(1s);
    EXPECT_FALSE(health.refuses_all(1));
}

TEST_F(EndpointHealthTest, ThatItAsksForSlowerCallsShowsThatItIsThere) {
    answer(0s);
    for (std::uint64_t document = 0; document < 100; ++document) fail(document, 1s);
    health.alive();
    EXPECT_FALSE(health.down(start + 1min));
}

}  // namespace
}  // namespace prelabel::flow
