#include "fakes_worker.hpp"

#include <vector>

namespace prelabel::pipeline {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

/// A worker whose commit of its first document is under way.
class CommitterTest : public testing::Test {
protected:
    void SetUp() override {
        world_.start();
        world_.assign({zero, one});
        world_.outbox.committing.shut();
        world_.feed(zero, 1);
        world_.loop.advance(milliseconds(101));
        ASSERT_EQ(world_.outbox.committing.waiting(), 1U);
    }
    std::vector<Progress> asked(std::size_t commit) const { return world_.outbox.asked.at(commit); }

    WorkerWorld world_;
};

TEST_F(CommitterTest, TheWorkerReadsOnWhileACommitIsUnderWay) {
    world_.feed(zero, 2);
    world_.feed(one, 7);
    EXPECT_EQ(world_.outbox.written.size(), 3U);
    world_.loop.advance(seconds(3));
    EXPECT_EQ(world_.outbox.asked.size(), 1U) << "one at a time";
    world_.outbox.committing.open();
    world_.loop.advance(milliseconds(101));
    ASSERT_EQ(world_.outbox.asked.size(), 2U);
    EXPECT_EQ(asked(1), (std::vector<Progress>{{zero, 3}, {one, 8}}));
    world_.stop();
}

TEST_F(CommitterTest, NothingIsCommittedAgainWhenNothingWasDoneMeanwhile) {
    world_.outbox.committing.open();
    world_.loop.advance(seconds(5));
    EXPECT_EQ(world_.outbox.asked.size(), 1U);
    world_.stop();
}

TEST_F(CommitterTest, ACommitThatFailsIsTriedAgainWithWhatWasDoneSince) {
    world_.feed(zero, 2);
    world_.outbox.commits_that_fail = 1;
    world_.outbox.committing.open();
    world_.loop.advance(milliseconds(101));
    ASSERT_EQ(world_.outbox.asked.size(), 2U);
    EXPECT_EQ(asked(1), (std::vector<Progress>{{zero, 3}}));
    EXPECT_EQ(world_.worker().stats().commit_failures, 1U);
    EXPECT_EQ(world_.worker().stats().commits, 1U);
    world_.stop();
}

TEST_F(CommitterTest, ARevocationWaitsForTheCommitUnderWayAndThenCommitsTheRest) {
    world_.feed(zero, 2);
    world_.revoke({zero});
    EXPECT_TRUE(world_.source.released.empty());
    EXPECT_EQ(world_.outbox.asked.size(), 1U);
    world_.outbox.committing.open();
    world_.loop.settle();
    ASSERT_EQ(world_.outbox.asked.size(), 2U);
    EXPECT_EQ(world_.outbox.committed[zero], 3);
    EXPECT_EQ(world_.source.released.size(), 1U);
    world_.stop();
}

TEST_F(CommitterTest, ALossWaitsForTheCommitUnderWayAndCommitsNoMore) {
    world_.feed(zero, 2);
    world_.revoke({zero}, true);
    EXPECT_TRUE(world_.source.released.empty()) << "what is on its way could arrive after the next owner's";
    world_.outbox.committing.open();
    world_.loop.advance(seconds(1));
    EXPECT_EQ(world_.source.released.size(), 1U);
    EXPECT_EQ(world_.outbox.asked.size(), 1U);
    world_.stop();
}

TEST_F(CommitterTest, TheEndWaitsForTheCommitUnderWayAndThenCommitsTheRest) {
    world_.feed(zero, 2);
    world_.worker().stop();
    world_.loop.advance(seconds(1));
    EXPECT_FALSE(world_.ended());
    world_.outbox.committing.open();
    world_.loop.settle();
    EXPECT_TRUE(world_.ended());
    EXPECT_EQ(world_.outbox.committed[zero], 3);
}

TEST_F(CommitterTest, CommitsOnWhileADrainWaits) {
    world_.model.answering.shut();
    world_.feed(one, 7);
    world_.feed(zero, 2);
    world_.revoke({one});
    world_.outbox.committing.open();
    world_.model.answering.open();
    world_.loop.settle();
    EXPECT_EQ(world_.outbox.committed[one], 8);
    world_.stop();
}

}  // namespace
}  // namespace prelabel::pipeline
