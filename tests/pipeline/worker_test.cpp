#include "fakes_worker.hpp"

#include <vector>

namespace prelabel::pipeline {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

TEST(Worker, CommitsWhatIsDurableAfterTheCommitInterval) {
    WorkerWorld world;
    world.start();
    world.assign({zero});
    world.feed(zero, 5);
    world.feed(zero, 9);
    EXPECT_EQ(world.outbox.written.size(), 2U);
    EXPECT_TRUE(world.outbox.asked.empty());
    world.loop.advance(milliseconds(101));
    EXPECT_EQ(world.outbox.committed[zero], 10);
    world.loop.advance(seconds(5));
    EXPECT_EQ(world.outbox.asked.size(), 1U);  // what is committed is not committed again
    world.stop();
    EXPECT_EQ(world.outbox.asked.size(), 1U);
    EXPECT_TRUE(world.source.closed);
}

TEST(Worker, NeverCommitsPastADocumentThatIsNotDurable) {
    WorkerWorld world;
    world.start();
    world.assign({zero});
    world.outbox.writing.shut();
    world.feed(zero, 5);
    world.outbox.writing.open();
    world.outbox.writing.shut();  // 5 waits no longer, 6 does
    world.feed(zero, 6);
    world.loop.advance(seconds(1));
    EXPECT_EQ(world.outbox.committed[zero], 6);
    world.loop.advance(seconds(60));
    EXPECT_EQ(world.outbox.committed[zero], 6);
    world.outbox.writing.open();
    world.loop.advance(seconds(1));
    EXPECT_EQ(world.outbox.committed[zero], 7);
    world.stop();
}

TEST(Worker, GrantsACreditForEveryRecordThatLeavesItsWindowAndNoMore) {
    WorkerWorld world;
    world.settings.window_per_partition = 2;
    world.start();
    world.assign({zero});
    EXPECT_EQ(world.source.granted[zero], 2U);
    world.outbox.writing.shut();
    for (Offset offset = 1; offset <= 4; ++offset) world.feed(zero, offset);
    EXPECT_EQ(world.model.calls, 2U);  // the window is full: 3 and 4 stay with the broker
    EXPECT_EQ(world.source.granted[zero], 2U);
    world.outbox.writing.open();
    world.loop.settle();
    EXPECT_EQ(world.outbox.written.size(), 4U);
    EXPECT_EQ(world.source.granted[zero], 6U);
    world.stop();
}

TEST(Worker, AsksForMoreAsSoonAsAFullMemoryHasRoomAgain) {
    WorkerWorld world;
    world.settings.documents_in_memory_max = 2;
    world.start();
    world.assign({zero});
    world.model.answering.shut();
    world.feed(zero, 1);
    world.feed(zero, 2);
    ASSERT_EQ(world.model.calls, 2U);
    EXPECT_EQ(world.source.rooms.back().records, 0U);
    world.feed(zero, 3);  // the record waits with the source, whose next() was told of no room
    EXPECT_EQ(world.model.calls, 2U);
    world.model.answering.open();
    world.loop.settle();
    EXPECT_EQ(world.model.calls, 3U);
    EXPECT_EQ(world.outbox.written.size(), 3U);
    world.stop();
}

TEST(Worker, CountsBytesAsItCountsDocuments) {
    WorkerWorld world;
    world.settings.bytes_in_memory_max = 1;
    world.start();
    world.assign({zero});
    world.model.answering.shut();
    world.feed(zero, 1);
    world.feed(zero, 2);
    EXPECT_EQ(world.model.calls, 1U);  // one document always fits
    EXPECT_EQ(world.source.rooms.back().bytes, 0U);
    world.model.answering.open();
    world.loop.settle();
    EXPECT_EQ(world.outbox.written.size(), 2U);
    EXPECT_EQ(world.worker().stats().input_bytes_in_flight, 0U);
    world.stop();
}

TEST(Worker, BringsRebalancesThoughItsMemoryIsFull) {
    WorkerWorld world;
    world.settings.documents_in_memory_max = 1;
    world.start();
    world.assign({zero});
    world.model.answering.shut();
    world.feed(zero, 1);
    EXPECT_EQ(world.source.rooms.back().records, 0U);
    world.assign({one});
    EXPECT_EQ(world.worker().stats().partitions_assigned, 2U);
    world.revoke({one});
    ASSERT_EQ(world.source.released.size(), 1U);
    world.model.answering.open();
    world.loop.settle();
    world.stop();
}

TEST(Worker, EndsWithTheErrorOfABrokenSourceAndCommitsWhatWasFinished) {
    WorkerWorld world;
    world.start();
    world.assign({zero});
    world.feed(zero, 1);
    world.outbox.writing.shut();
    world.feed(zero, 2);
    world.source.fail();
    world.loop.settle();
    EXPECT_FALSE(world.ended());  // the second document is given the time of a drain
    world.outbox.writing.open();
    world.loop.finish();
    ASSERT_TRUE(world.ended());
    ASSERT_FALSE(world.outcome());
    EXPECT_EQ(world.outcome().error().fault, Fault::dependency);
    EXPECT_EQ(world.outbox.committed[zero], 3);
    EXPECT_TRUE(world.source.closed);
}

TEST(Worker, WaitsForEverythingWhenItsInputEnds) {
    WorkerWorld world;
    world.start();
    world.assign({zero});
    world.model.answering.shut();
    world.feed(zero, 1);
    world.source.tell(Ended{});
    world.loop.advance(world.settings.drain_timeout * 3);  // nobody else will read it: no drain time counts
    EXPECT_FALSE(world.ended());
    world.model.answering.open();
    world.loop.finish();
    ASSERT_TRUE(world.ended());
    EXPECT_TRUE(world.outcome().has_value());
    EXPECT_EQ(world.outbox.committed[zero], 2);
}

TEST(Worker, LeavesNothingThatFiresOnceItsLastCommitFailed) {
    WorkerWorld world;
    world.settings.commit_interval = seconds(5);  // longer than all last tries together
    world.start();
    world.assign({zero});
    world.feed(zero, 1);
    world.outbox.commits_that_fail = 1'000;
    world.stop();
    EXPECT_TRUE(world.source.closed);
    world.loop.finish();  // a closed source must not be nudged
    EXPECT_FALSE(world.loop.clock().jump());
}

/// One way in which the worker can be waiting when it is told to stop.
struct Wait {
    const char* name;
    void (*begin)(WorkerWorld&);
    void (*end)(WorkerWorld&);  // what a port owes anyway, late
};

TEST(Worker, EndsWhateverItWasWaitingFor) {
    const std::vector<Wait> waits{
        {"nothing to read", [](WorkerWorld&) {}, [](WorkerWorld&) {}},
        {"an answer",
         [](WorkerWorld& world) {
             world.model.answering.shut();
             world.feed(zero, 2);
         },
         [](WorkerWorld&) {}},
        {"a write",
         [](WorkerWorld& world) {
             world.outbox.writing.shut();
             world.feed(zero, 2);
         },
         [](WorkerWorld&) {}},
        {"room in memory",
         [](WorkerWorld& world) {
             world.model.answering.shut();
             for (Offset offset = 2; offset < 9; ++offset) world.feed(zero, offset);
             EXPECT_EQ(world.source.rooms.back().records, 0U);
         },
         [](WorkerWorld&) {}},
        {"a commit",
         [](WorkerWorld& world) {
             world.outbox.committing.shut();
             world.feed(zero, 2);
             world.loop.advance(seconds(1));
             EXPECT_EQ(world.outbox.committing.waiting(), 1U);
         },
         [](WorkerWorld& world) { world.outbox.committing.open(); }},
        {"a drain",
         [](WorkerWorld& world) {
             world.model.answering.shut();
             world.feed(zero, 2);
             world.revoke({zero});
             EXPECT_TRUE(world.worker().stats().draining);
         },
         [](WorkerWorld&) {}},
        {"the last commit of a partition",
         [](WorkerWorld& world) {
             world.feed(zero, 2);
             world.outbox.commits_that_fail = 3;
             world.revoke({zero});
             EXPECT_EQ(world.outbox.asked.size(), 2U);
         },
         [](WorkerWorld&) {}},
        {"a release",
         [](WorkerWorld& world) {
             world.source.releasing.shut();
             world.revoke({zero});
             EXPECT_EQ(world.source.releasing.waiting(), 1U);
         },
         [](WorkerWorld& world) { world.source.releasing.open(); }},
    };
    for (const auto& wait : waits) {
        SCOPED_TRACE(wait.name);
        WorkerWorld world;
        world.settings.documents_in_memory_max = 5;
        world.start();
        world.assign({zero});
        world.feed(zero, 1);
        world.loop.advance(seconds(1));
        wait.begin(world);
        EXPECT_FALSE(world.ended());
        world.worker().stop();
        world.loop.settle();
        wait.end(world);
        // A drain under way is finished first, and then there is the one of the end.
        EXPECT_LE(world.stop(), 2 * world.settings.drain_timeout + seconds(1));
        ASSERT_TRUE(world.ended());
        EXPECT_TRUE(world.outcome().has_value());
        EXPECT_TRUE(world.source.closed);
        EXPECT_GE(world.outbox.committed[zero], 2);
        EXPECT_EQ(world.worker().stats().documents_in_flight, 0U);
    }
}

TEST(Worker, LabelsByAnotherPlanWhatIsReadAfterItCameAndFinishesTheRestByTheFirst) {
    LabelingPlan::Settings settings;
    settings.task = people_and_places();
    settings.task.labels = {{"ORG", "companies"}};
    const auto other = LabelingPlan::make(std::move(settings)).value();
    WorkerWorld world;
    world.start();
    world.assign({zero});
    world.model.answering.shut();
    world.feed(zero, 1);
    world.worker().use(other);
    world.feed(zero, 2);
    world.model.answering.open();
    world.loop.advance(seconds(1));
    ASSERT_EQ(world.outbox.written.size(), 2U);
    for (const auto& output : world.outbox.written) {
        const bool by_the_other = output.value.find(other->task_version) != std::string::npos;
        EXPECT_EQ(by_the_other, output.origin.offset == 2) << output.value;
    }
    EXPECT_EQ(world.worker().stats().entities.size(), 3U) << "the labels of both are counted";
    world.stop();
}

TEST(Worker, KeepsOtherLimitsFromThenOn) {
    WorkerWorld world;
    world.start();
    world.assign({zero});
    world.model.answering.shut();
    world.worker().limit({.requests_per_minute = 0, .tokens_per_minute = 0, .max_in_flight = 2});
    for (Offset offset = 1; offset <= 5; ++offset) world.feed(zero, offset);
    EXPECT_EQ(world.model.calls, 2U);
    world.worker().limit({.requests_per_minute = 0, .tokens_per_minute = 0, .max_in_flight = 4});
    world.loop.settle();
    EXPECT_EQ(world.model.calls, 4U);
    world.model.answering.open();
    world.stop();
}

}  // namespace
}  // namespace prelabel::pipeline
