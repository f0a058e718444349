#include <prelabel/flow/circuit_breaker.hpp>

#include <gtest/gtest.h>

namespace prelabel::flow {
namespace {

using namespace std::chrono_literals;
using State = CircuitBreaker::State;

TEST(CircuitBreaker, LetsCallsThroughWhileClosed) {
    CircuitBreaker breaker;
    EXPECT_EQ(breaker.ready_at(TimePoint{}), TimePoint{});
    EXPECT_FALSE(breaker.on_success()) << "nothing was closed by this";
}

TEST(CircuitBreaker, SendsOneProbeAndClosesWhenItSucceeds) {
    CircuitBreaker breaker;
    TimePoint now{};
    EXPECT_TRUE(breaker.on_trip(now));
    EXPECT_EQ(breaker.ready_at(now), now + 5s);
    now += 5s;
    ASSERT_LE(breaker.ready_at(now), now);
    breaker.on_start(now);
    EXPECT_EQ(breaker.state(), State::half_open);
    EXPECT_EQ(breaker.ready_at(now), TimePoint::max()) << "nobody else while the probe is under way";
    EXPECT_TRUE(breaker.on_success());
    EXPECT_EQ(breaker.ready_at(now), now);
}

TEST(CircuitBreaker, WaitsTwiceAsLongAfterEachFailedProbeUpToAMinute) {
    CircuitBreaker breaker;
    TimePoint now{};
    EXPECT_TRUE(breaker.on_trip(now));
    for (const Duration wait : {5s, 10s, 20s, 40s, 60s, 60s}) {
        ASSERT_EQ(breaker.ready_at(now), now + wait);
        now += wait;
        breaker.on_start(now);
        EXPECT_FALSE(breaker.on_trip(now)) << "it was open already";
    }
}

TEST(CircuitBreaker, IsNotHeldLongerByCallsThatWereUnderWayWhenItOpened) {
    CircuitBreaker breaker;
    EXPECT_TRUE(breaker.on_trip(TimePoint{}));
    for (int i = 0; i < 500; ++i) EXPECT_FALSE(breaker.on_trip(TimePoint{} + 1s));
    EXPECT_EQ(breaker.ready_at(TimePoint{} + 1s), TimePoint{} + 5s);
}

TEST(CircuitBreakerDeathTest, StopsACallThatDoesNotAsk) {
    CircuitBreaker breaker;
    breaker.on_trip(TimePoint{});
    EXPECT_DEATH(breaker.on_start(TimePoint{}), "only when the breaker is ready");
}

}  // namespace
}  // namespace prelabel::flow
