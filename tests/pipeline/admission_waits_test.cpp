#include "admission_fixture.hpp"
#include "fakes_worker.hpp"

namespace prelabel::pipeline {
namespace {

TEST_F(AdmissionTest, CountsAWaitUnderWhatHeldItBackAndNothingElse) {
    with({600, 0, 1});
    ask_many(2);
    loop.advance(seconds(2));
    end();
    loop.settle();
    EXPECT_EQ(waits(WaitReason::in_flight), 1U);
    EXPECT_DOUBLE_EQ(waited(WaitReason::in_flight), 2.0);
    for (const auto reason : {WaitReason::requests, WaitReason::tokens, WaitReason::provider, WaitReason::paused}) {
        EXPECT_EQ(waits(reason), 0U);
        EXPECT_DOUBLE_EQ(waited(reason), 0.0);
    }
}

TEST_F(AdmissionTest, CountsAWaitAsItPassesAndNotAgainWhenItEnds) {
    auto& admission = with({0, 0, 10});
    const TimePoint until = loop.now() + minutes(10);
    admission.hold_until(until);
    ask_many(3);
    ask("retry", 1, Turn::again, until);
    loop.advance(minutes(4));
    EXPECT_DOUBLE_EQ(waited(WaitReason::provider), 0) << "nobody has looked";
    admission.account();
    EXPECT_DOUBLE_EQ(waited(WaitReason::provider), 3 * 240);
    EXPECT_DOUBLE_EQ(waited(WaitReason::retry), 240);
    admission.account();
    EXPECT_DOUBLE_EQ(waited(WaitReason::provider), 3 * 240) << "no time has passed";
    EXPECT_EQ(waits(WaitReason::provider), 0U) << "none has ended";
    ask("late");
    loop.advance(minutes(6));
    EXPECT_EQ(order().size(), 5U);
    EXPECT_DOUBLE_EQ(waited(WaitReason::provider), 3 * 600 + 360);
    EXPECT_DOUBLE_EQ(waited(WaitReason::retry), 600);
    EXPECT_EQ(waits(WaitReason::provider), 4U);
    EXPECT_EQ(waits(WaitReason::retry), 1U);
}

TEST_F(AdmissionTest, CountsWhatTheyWaitedWhoAreSentAway) {
    auto& admission = with({0, 0, 10});
    const TimePoint until = loop.now() + minutes(10);
    admission.hold_until(until);
    ask("call");
    ask("retry", 1, Turn::again, until);
    loop.advance(minutes(1));
    lease->leaving = true;
    admission.drop_leaving();
    loop.advance(minutes(1));
    lease->leaving = false;
    ask("call");
    ask("retry", 1, Turn::again, until);
    loop.advance(minutes(2));
    admission.close();
    admission.account();
    EXPECT_DOUBLE_EQ(waited(WaitReason::provider), 60 + 120);
    EXPECT_DOUBLE_EQ(waited(WaitReason::retry), 60 + 120);
    EXPECT_EQ(waits(WaitReason::provider) + waits(WaitReason::retry), 0U) << "no call was sent after them";
}

TEST(Worker, TellsWhatCallsHaveWaitedUntilNow) {
    WorkerWorld world;
    world.start();
    world.assign({zero});
    world.worker().hold_calls_until(world.loop.now() + std::chrono::minutes(10));
    world.feed(zero, 7);
    for (const double minute : {1, 2}) {
        world.loop.advance(std::chrono::minutes(1));
        EXPECT_DOUBLE_EQ(world.worker().stats().wait_seconds[WaitReason::output], 60 * minute);
    }
    world.stop();
}

}  // namespace
}  // namespace prelabel::pipeline
