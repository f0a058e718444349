#include "fakes_worker.hpp"

#include <memory>
#include <vector>

namespace prelabel::pipeline {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

/// Makes outputs durable together with progress, as a transaction does: what is published waits for the next commit.
class TogetherOutbox final : public Outbox {
public:
    bool next_commit_fails = false;
    std::size_t hurry_at = 1'000;
    std::vector<Output> durable;
    std::vector<std::vector<Progress>> committed;

    [[nodiscard]] bool fits(const Output&) const override { return true; }
    [[nodiscard]] async::Coroutine<Result<>> publish(Output output) override {
        if (closed_) co_return Error{Fault::cancelled, "closed"};
        Open open;
        open.output = std::move(output);
        open_.push_back(&open);
        co_return co_await open.end.wait();
    }
    [[nodiscard]] async::Coroutine<Result<>> commit(AskProgress ask, TimePoint) override {
        std::vector<Open*> in = std::exchange(open_, {});
        std::erase_if(in, [](Open* one) {
            if (one->output.unwanted()) one->end.set(Error{Fault::cancelled, "it was taken away"});
            return one->end.is_set();
        });
        std::vector<Origin> together;
        for (const auto* one : in) together.push_back(one->output.origin);
        auto progress = ask(together);
        if (std::exchange(next_commit_fails, false)) {
            const Error aborted{Fault::dependency, "the transaction was aborted"};
            for (auto* one : in) one->end.set(aborted);
            co_return aborted;
        }
        if (!progress.empty()) committed.push_back(std::move(progress));
        for (auto* one : in) {
            durable.push_back(std::move(one->output));
            one->end.set({});
        }
        co_return Result<>();
    }
    [[nodiscard]] bool wants_commit() const override { return open_.size() >= hurry_at; }
    [[nodiscard]] async::Coroutine<> close(TimePoint) override {
        closed_ = true;
        for (auto* one : std::exchange(open_, {})) one->end.set(Error{Fault::cancelled, "closed"});
        co_return;
    }

private:
    struct Open {
        Output output;
        async::Signal<Result<>> end;
    };
    std::vector<Open*> open_;
    bool closed_ = false;
};

/// A worker whose outputs are durable with their progress or not at all.
class Together : public testing::Test {
protected:
    void SetUp() override {
        world_.other_outbox = &outbox_;
        world_.start();
        world_.assign({zero, one});
    }

    TogetherOutbox outbox_;
    WorkerWorld world_;
};

TEST_F(Together, OutputsAndTheProgressThatCountsThemAreDurableAtOnce) {
    world_.feed(zero, 5);
    world_.feed(one, 7);
    EXPECT_TRUE(outbox_.durable.empty());
    EXPECT_EQ(world_.worker().stats().documents_in_flight, 2U) << "nothing is done before its commit";
    world_.loop.advance(milliseconds(101));
    EXPECT_EQ(outbox_.durable.size(), 2U);
    ASSERT_EQ(outbox_.committed.size(), 1U);
    EXPECT_EQ(outbox_.committed[0], (std::vector<Progress>{{zero, 6}, {one, 8}}));
    EXPECT_EQ(world_.worker().stats().documents_in_flight, 0U);
    world_.loop.advance(seconds(5));
    EXPECT_EQ(outbox_.committed.size(), 1U) << "nothing is committed twice";
    world_.stop();
}

TEST_F(Together, WhatWasAbortedIsPublishedAndCountedWithTheNextCommit) {
    outbox_.next_commit_fails = true;
    world_.feed(zero, 5);
    world_.loop.advance(milliseconds(101));
    EXPECT_TRUE(outbox_.durable.empty());
    EXPECT_TRUE(outbox_.committed.empty());
    world_.loop.advance(seconds(3));
    EXPECT_EQ(outbox_.durable.size(), 1U);
    ASSERT_EQ(outbox_.committed.size(), 1U);
    EXPECT_EQ(outbox_.committed[0], (std::vector<Progress>{{zero, 6}}));
    world_.stop();
}

TEST_F(Together, ARevocationIsDrainedByTheCommitsThatGoOn) {
    world_.feed(zero, 5);
    const TimePoint revoked_at = world_.loop.now();
    world_.revoke({zero});
    world_.loop.advance(seconds(1));
    EXPECT_EQ(outbox_.durable.size(), 1U);
    ASSERT_EQ(world_.source.released.size(), 1U);
    EXPECT_LE(world_.source.released[0].second - revoked_at, milliseconds(101));
    world_.stop();
}

TEST_F(Together, WhatWaitsIsCommittedAtOnceWhenTheOutboxWantsIt) {
    outbox_.hurry_at = 2;
    for (Offset i = 0; i < 4; ++i) world_.feed(zero, i);
    world_.loop.settle();
    world_.loop.advance(milliseconds(10));
    EXPECT_GE(outbox_.durable.size(), 2U) << "long before the interval is over";
    world_.loop.advance(milliseconds(101));
    EXPECT_EQ(outbox_.durable.size(), 4U);
    world_.stop();
}

TEST_F(Together, AFailedCommitIsNotHurried) {
    outbox_.hurry_at = 1;
    outbox_.next_commit_fails = true;
    world_.feed(zero, 0);
    world_.feed(zero, 1);
    world_.loop.advance(milliseconds(10));
    EXPECT_EQ(world_.worker().stats().commit_failures, 1U);
    EXPECT_TRUE(outbox_.durable.empty());
    world_.loop.advance(seconds(3));
    EXPECT_EQ(outbox_.durable.size(), 2U);
    world_.stop();
}

// A lost partition comes back to the same worker before the next commit: its old outcome is not its new owner's.
TEST_F(Together, AnOutputOfALostAssignmentIsNotCommittedWithTheNext) {
    world_.feed(zero, 5);
    world_.revoke({zero}, true);
    world_.assign({zero});
    world_.feed(zero, 5);
    world_.loop.advance(milliseconds(101));
    EXPECT_EQ(outbox_.durable.size(), 1U);
    ASSERT_EQ(outbox_.committed.size(), 1U);
    EXPECT_EQ(outbox_.committed[0], (std::vector<Progress>{{zero, 6}}));
    EXPECT_EQ(world_.worker().stats().documents_abandoned, 1U);
    EXPECT_EQ(world_.worker().stats().documents_in_flight, 0U);
    world_.stop();
}

TEST_F(Together, TheEndDrainsWhatWaitsForItsCommit) {
    world_.feed(zero, 5);
    world_.stop();
    EXPECT_EQ(outbox_.durable.size(), 1U);
    ASSERT_EQ(outbox_.committed.size(), 1U);
    EXPECT_EQ(world_.worker().stats().documents_abandoned, 0U);
}

}  // namespace
}  // namespace prelabel::pipeline
