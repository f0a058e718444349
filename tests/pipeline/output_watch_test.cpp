#include "fakes_worker.hpp"

namespace prelabel::pipeline {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

/// A worker that gets a document every second.
class OutputWatchTest : public testing::Test {
protected:
    void SetUp() override {
        world_.start();
        world_.assign({zero});
    }
    void feed_for(int seconds_long) {
        for (int i = 0; i < seconds_long; ++i) {
            world_.feed(zero, next_++);
            world_.loop.advance(seconds(1));
        }
    }

    WorkerWorld world_;
    Offset next_ = 0;
};

TEST_F(OutputWatchTest, CallsWaitWhileNothingCanBeWritten) {
    world_.outbox.writing.shut();
    feed_for(6);
    const auto bought = world_.model.calls;
    EXPECT_GE(bought, 5U) << "a write may take a moment";
    feed_for(60);
    EXPECT_LE(world_.model.calls, bought + 1);
    EXPECT_EQ(world_.count<Trouble>(), 1U);
    EXPECT_EQ(world_.worker().stats().outputs_waiting, world_.model.calls);
    world_.outbox.writing.open();
    world_.loop.advance(seconds(2));
    EXPECT_EQ(world_.model.calls, 66U);
    EXPECT_EQ(world_.outbox.written.size(), 66U);
    EXPECT_EQ(world_.count<Learned>(), 1U) << "and it is said that outputs are written again";
    EXPECT_GT(world_.worker().stats().wait_seconds[WaitReason::output], 50);
    world_.stop();
}

TEST_F(OutputWatchTest, OneOutputThatWaitsHoldsNobodyWhileOthersAreWritten) {
    world_.outbox.is_slow = [](const Output& output) { return output.origin.offset == 0; };
    world_.outbox.writing_slow.shut();
    feed_for(60);
    EXPECT_EQ(world_.model.calls, 60U);
    EXPECT_EQ(world_.count<Trouble>(), 0U);
    EXPECT_EQ(world_.worker().stats().outputs_waiting, 1U);
    world_.stop();
    EXPECT_EQ(world_.worker().stats().outputs_waiting, 0U);
}

TEST_F(OutputWatchTest, ASlowWriterIsNoTrouble) {
    for (int round = 0; round < 5; ++round) {
        world_.outbox.writing.shut();
        feed_for(5);
        world_.outbox.writing.open();
        world_.loop.advance(milliseconds(100));
    }
    EXPECT_EQ(world_.model.calls, 25U);
    EXPECT_EQ(world_.count<Trouble>(), 0U);
    world_.stop();
}

}  // namespace
}  // namespace prelabel::pipeline
