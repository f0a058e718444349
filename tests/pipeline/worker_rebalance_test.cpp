#include "fakes_worker.hpp"

namespace prelabel::pipeline {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

TEST(WorkerRebalance, CommitsWhatWasFinishedDuringTheDrainBeforeItReleases) {
    WorkerWorld world;
    world.start();
    world.assign({zero});
    world.model.answering.shut();
    world.feed(zero, 1);
    world.revoke({zero});
    EXPECT_TRUE(world.worker().stats().draining);
    EXPECT_TRUE(world.source.released.empty());
    world.outbox.committing.shut();
    world.model.answering.open();
    world.loop.settle();
    EXPECT_EQ(world.outbox.committing.waiting(), 1U);
    EXPECT_TRUE(world.source.released.empty());  // whoever gets the partition next must find the commit
    world.outbox.committing.open();
    world.loop.settle();
    EXPECT_EQ(world.outbox.committed[zero], 2);
    ASSERT_EQ(world.source.released.size(), 1U);
    EXPECT_FALSE(world.worker().stats().draining);
    world.stop();
}

TEST(WorkerRebalance, GivesUpAWriteThatHangsWhenTheDrainIsOver) {
    WorkerWorld world;
    world.start();
    world.assign({zero});
    world.outbox.writing.shut();
    world.feed(zero, 1);
    const TimePoint revoked_at = world.loop.now();
    world.revoke({zero});
    world.loop.advance(world.settings.drain_timeout - seconds(1));
    EXPECT_TRUE(world.source.released.empty());
    world.loop.advance(seconds(1));
    ASSERT_EQ(world.source.released.size(), 1U);
    EXPECT_LE(world.source.released[0].second - revoked_at, world.settings.drain_timeout + milliseconds(1));
    EXPECT_TRUE(world.outbox.asked.empty());
    // The write arrives after all. It is published, and the next owner publishes it again: nothing is committed here.
    world.outbox.writing.open();
    world.loop.advance(seconds(10));
    EXPECT_EQ(world.outbox.written.size(), 1U);
    EXPECT_TRUE(world.outbox.asked.empty());
    EXPECT_EQ(world.source.granted[zero], world.settings.window_per_partition);
    world.stop();
    EXPECT_TRUE(world.outbox.asked.empty());
}

TEST(WorkerRebalance, AbandonsAtOnceWhatWasLostAndCommitsNothingOfIt) {
    WorkerWorld world;
    world.start();
    world.assign({zero});
    world.feed(zero, 1);  // durable, not committed yet
    world.model.answering.shut();
    world.feed(zero, 2);
    world.revoke({zero}, true);
    ASSERT_EQ(world.source.released.size(), 1U);
    EXPECT_EQ(world.source.released[0].second, world.loop.now());
    world.model.answering.open();
    world.loop.advance(seconds(10));
    EXPECT_TRUE(world.outbox.asked.empty());
    EXPECT_EQ(world.outbox.written.size(), 1U);  // the answer came, and nobody publishes it
    EXPECT_EQ(world.worker().stats().documents_abandoned, 1U);
    world.stop();
    EXPECT_TRUE(world.outbox.asked.empty());
}

TEST(WorkerRebalance, BeginsNoCallForWhatIsGivenBackAndGoesOnWithTheRest) {
    WorkerWorld world;
    world.settings.limits.max_in_flight = 1;
    world.start();
    world.assign({zero, one});
    world.model.answering.shut();
    world.feed(zero, 1);  // under way
    world.feed(zero, 2);
    world.feed(one, 1);  // these wait for the one slot
    world.revoke({zero});
    EXPECT_TRUE(world.source.released.empty()) << "a call is under way";
    world.model.answering.open();
    world.loop.settle();
    ASSERT_EQ(world.source.released.size(), 1U);
    EXPECT_EQ(world.model.calls, 2U) << "and none for the document that waited";
    EXPECT_EQ(world.outbox.committed[zero], 2);
    EXPECT_EQ(world.worker().stats().documents_abandoned, 1U);
    EXPECT_EQ(world.outbox.written.size(), 2U);
    world.stop();
    EXPECT_EQ(world.outbox.committed[one], 2);
}

TEST(WorkerRebalance, TakesALossThatComesWhileItDrains) {
    WorkerWorld world;
    world.start();
    world.assign({zero});
    world.model.answering.shut();
    world.feed(zero, 1);
    world.revoke({zero});
    world.revoke({zero}, true);  // the group did not wait
    world.outbox.commits_that_fail = 1'000;
    world.model.answering.open();
    world.loop.advance(world.settings.drain_timeout);
    EXPECT_EQ(world.source.released.size(), 2U);  // one for each event
    EXPECT_TRUE(world.outbox.committed.empty());
    world.assign({zero});
    EXPECT_EQ(world.worker().stats().partitions_assigned, 1U);
    world.outbox.commits_that_fail = 0;
    world.feed(zero, 1);
    world.loop.advance(seconds(1));
    EXPECT_EQ(world.outbox.committed[zero], 2);
    world.stop();
}

TEST(WorkerRebalance, ReleasesAfterFiveCommitsThatFailed) {
    WorkerWorld world;
    world.start();
    world.assign({zero});
    world.feed(zero, 1);
    world.outbox.commits_that_fail = 5;
    world.revoke({zero});
    world.loop.advance(milliseconds(350));
    EXPECT_EQ(world.outbox.asked.size(), 4U);
    EXPECT_TRUE(world.source.released.empty());
    world.loop.advance(milliseconds(300));
    EXPECT_EQ(world.outbox.asked.size(), 5U);
    EXPECT_EQ(world.source.released.size(), 1U);
    EXPECT_EQ(world.count<Trouble>(), 5U);
    world.loop.advance(seconds(10));
    EXPECT_EQ(world.outbox.asked.size(), 5U);  // it is somebody else's now
    world.stop();
    EXPECT_EQ(world.outbox.asked.size(), 5U);
}

TEST(WorkerRebalance, CommitsAtTheFifthTryWhenFourFailed) {
    WorkerWorld world;
    world.start();
    world.assign({zero});
    world.feed(zero, 1);
    world.outbox.commits_that_fail = 4;
    world.revoke({zero});
    world.loop.advance(seconds(1));
    EXPECT_EQ(world.outbox.committed[zero], 2);
    EXPECT_EQ(world.source.released.size(), 1U);
    world.stop();
}

TEST(WorkerRebalance, GoesOnWithThePartitionsItKeeps) {
    WorkerWorld world;
    world.start();
    world.assign({zero, one});
    world.model.answering.shut();
    world.feed(zero, 1);
    world.feed(one, 7);
    world.revoke({zero}, true);
    world.model.answering.open();
    world.loop.advance(seconds(1));
    EXPECT_FALSE(world.outbox.committed.contains(zero));
    EXPECT_EQ(world.outbox.committed[one], 8);
    EXPECT_EQ(world.worker().stats().partitions_assigned, 1U);
    world.feed(one, 8);
    world.loop.advance(seconds(1));
    EXPECT_EQ(world.outbox.committed[one], 9);
    world.stop();
}

TEST(WorkerRebalance, CommitsAllThatIsDoneBeforeAPartitionLeaves) {
    WorkerWorld world;
    world.start();
    world.assign({zero, one});
    world.feed(zero, 1);
    world.feed(one, 7);
    world.revoke({one});
    ASSERT_EQ(world.outbox.asked.size(), 1U);
    EXPECT_EQ(world.outbox.committed, (std::map<Partition, Offset>{{zero, 2}, {one, 8}}));
    world.loop.advance(seconds(1));
    EXPECT_EQ(world.outbox.asked.size(), 1U);
    world.stop();
}

TEST(WorkerRebalance, ADocumentOfALostAssignmentNeverCommitsForTheNextOne) {
    WorkerWorld world;
    world.start();
    world.assign({zero});
    world.outbox.writing.shut();
    world.feed(zero, 1);
    world.revoke({zero}, true);
    world.assign({zero});
    EXPECT_EQ(world.source.granted[zero], 2 * world.settings.window_per_partition);
    world.outbox.writing.open();  // what was read before the loss is durable now
    world.loop.advance(seconds(10));
    ASSERT_EQ(world.outbox.written.size(), 1U);
    EXPECT_TRUE(world.outbox.asked.empty());
    EXPECT_EQ(world.source.granted[zero], 2 * world.settings.window_per_partition);
    world.feed(zero, 1);  // the new assignment starts where the group stands: the record comes again
    world.loop.advance(seconds(1));
    EXPECT_EQ(world.outbox.committed[zero], 2);
    world.stop();
}

TEST(WorkerRebalance, ACommitThatEndsAfterItsPartitionIsGoneSaysNothingAboutTheNextAssignment) {
    WorkerWorld world;
    world.start();
    world.assign({zero});
    world.feed(zero, 1);
    world.outbox.committing.shut();
    world.loop.advance(seconds(1));
    ASSERT_EQ(world.outbox.committing.waiting(), 1U);
    world.revoke({zero}, true);
    world.assign({zero});
    world.outbox.committing.open();
    world.loop.settle();
    ASSERT_EQ(world.source.released.size(), 1U);
    world.feed(zero, 1);
    world.loop.advance(seconds(1));
    EXPECT_EQ(world.outbox.asked.size(), 2U);  // the same position, of another assignment
    EXPECT_EQ(world.outbox.committed[zero], 2);
    world.stop();
}

TEST(WorkerRebalance, StartsAnewWhenOffsetsWentBack) {
    WorkerWorld world;
    world.start();
    world.assign({zero});
    world.feed(zero, 1'000);
    world.loop.advance(seconds(1));
    EXPECT_EQ(world.outbox.committed[zero], 1'001);
    world.revoke({zero}, true);
    world.assign({zero});
    world.feed(zero, 3);
    world.loop.advance(seconds(1));
    EXPECT_EQ(world.outbox.committed[zero], 4);
    world.stop();
}

TEST(WorkerRebalance, RefusesAPartitionThatIsAssignedTwice) {
    EXPECT_DEATH(
        {
            WorkerWorld world;
            world.start();
            world.assign({zero});
            world.assign({zero});
        },
        "a partition is assigned once until it is released");
}

TEST(WorkerRebalance, SendsAbandonedCallsAwayWithoutMakingThem) {
    WorkerWorld world;
    world.settings.limits.max_in_flight = 1;
    world.start();
    world.assign({zero, one});
    world.model.answering.shut();
    world.feed(zero, 1);
    world.feed(zero, 2);
    world.feed(one, 1);
    EXPECT_EQ(world.model.calls, 1U);
    world.revoke({zero}, true);
    world.model.answering.open();
    world.loop.settle();
    EXPECT_EQ(world.model.calls, 2U);  // the one under way, and partition one's
    EXPECT_EQ(world.worker().stats().documents_abandoned, 2U);
    world.stop();
}

}  // namespace
}  // namespace prelabel::pipeline
