#include "fakes_worker.hpp"

namespace prelabel::pipeline {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

/// A worker whose source has ended by itself while its only document waits for an answer.
class WorkerEnd : public testing::Test {
protected:
    void SetUp() override {
        world_.settings.limits.max_in_flight = 1;
        world_.model.answering.shut();
        world_.start();
        world_.assign({zero});
        world_.feed(zero, 1);
        ASSERT_EQ(world_.model.calls, 1U);
    }
    void end_of_input() {
        world_.source.tell(Ended{});
        world_.loop.settle();
    }

    WorkerWorld world_;
};

TEST_F(WorkerEnd, WaitsForTheLastAnswerOfASourceThatHasEnded) {
    end_of_input();
    world_.loop.advance(seconds(3600));
    EXPECT_FALSE(world_.ended());
    world_.model.answering.open();
    world_.loop.settle();
    EXPECT_TRUE(world_.ended());
    EXPECT_EQ(world_.outbox.written.size(), 1U);
}

TEST_F(WorkerEnd, StopAlsoEndsTheWaitForASourceThatHasEnded) {
    end_of_input();
    EXPECT_EQ(world_.stop(), world_.settings.drain_timeout);
    EXPECT_EQ(world_.worker().stats().documents_abandoned, 1U);
}

TEST_F(WorkerEnd, TheTimeToDrainCountsFromTheStop) {
    world_.worker().stop();
    world_.loop.advance(world_.settings.drain_timeout - milliseconds(1));
    EXPECT_FALSE(world_.ended());
    world_.worker().stop();  // asking again gives no more time
    world_.loop.advance(milliseconds(1));
    EXPECT_TRUE(world_.ended());
}

TEST_F(WorkerEnd, StopSendsNothingNewAndFinishesWhatIsUnderWay) {
    world_.feed(zero, 2);  // waits for the one slot
    end_of_input();
    world_.worker().stop();
    world_.loop.settle();
    EXPECT_FALSE(world_.ended());
    world_.model.answering.open();
    world_.loop.settle();
    EXPECT_TRUE(world_.ended());
    EXPECT_EQ(world_.model.calls, 1U);
    ASSERT_EQ(world_.outbox.written.size(), 1U);
    EXPECT_EQ(world_.outbox.written.front().origin.offset, 1);
    EXPECT_EQ(world_.worker().stats().documents_abandoned, 1U);
}

TEST_F(WorkerEnd, AStopDuringAPauseWaitsForNothing) {
    world_.model.refuses_as = llm::ReplyClass::unauthorized;
    world_.model.refuses = [](const std::string&) { return true; };
    world_.model.answering.open();
    world_.loop.settle();
    ASSERT_TRUE(world_.worker().stats().paused);
    for (Offset offset = 2; offset < 50; ++offset) world_.feed(zero, offset);
    EXPECT_EQ(world_.stop(), Duration{});
    EXPECT_EQ(world_.worker().stats().documents_abandoned, 49U);
}

TEST_F(WorkerEnd, WhatWasReadBeforeABrokenInputIsLabeledHoweverLongThatTakes) {
    world_.feed(zero, 2);
    world_.source.fail({Fault::input, "in.gz: is damaged"});
    world_.loop.settle();
    EXPECT_EQ(world_.count<Trouble>(), 1U) << "it is said at once";
    world_.loop.advance(seconds(3600));
    EXPECT_FALSE(world_.ended());
    world_.model.answering.open();
    world_.loop.settle();
    ASSERT_TRUE(world_.ended());
    EXPECT_EQ(world_.outcome().error().message, "in.gz: is damaged");
    EXPECT_EQ(world_.outbox.written.size(), 2U);
}

TEST_F(WorkerEnd, StopAtOnceCutsTheDrainShort) {
    world_.worker().stop();
    world_.loop.advance(seconds(1));
    const TimePoint asked = world_.loop.now();
    world_.worker().stop_at_once();
    while (!world_.ended() && world_.loop.clock().jump()) world_.loop.settle();
    EXPECT_TRUE(world_.ended());
    EXPECT_LE(world_.loop.now() - asked, milliseconds(200));
}

TEST_F(WorkerEnd, CallsAreHeldWhileTheirAnswersCouldNotBeWritten) {
    world_.worker().hold_calls_until(world_.loop.now() + seconds(2));
    world_.feed(zero, 2);
    world_.model.answering.open();
    world_.loop.advance(seconds(1));
    EXPECT_EQ(world_.model.calls, 1U);
    world_.loop.advance(seconds(2));
    EXPECT_EQ(world_.model.calls, 2U);
    world_.stop();
}

}  // namespace
}  // namespace prelabel::pipeline
