#include "fakes_worker.hpp"

#include <prelabel/flow/done_map.hpp>

#include <set>
#include <string>
#include <vector>

#include <gmock/gmock.h>

namespace prelabel::pipeline {
namespace {

using flow::DoneMap;
using std::chrono::milliseconds;
using std::chrono::seconds;

using testing::ElementsAre;
using testing::FieldsAre;

/// A worker whose documents are published at once, but for some.
class WorkerMap : public testing::Test {
protected:
    void start(std::set<Offset> slow) {
        world_.outbox.is_slow = [slow](const Output& output) { return slow.contains(output.origin.offset); };
        world_.outbox.writing_slow.shut();
        world_.start();
    }
    void assign(Offset next, const std::vector<DoneMap::Run>& runs) {
        assign_text(next, DoneMap{next, runs}.encode().value());
    }
    void assign_text(Offset next, std::string done_above) {
        world_.assign(Assigned{{{zero, next, std::move(done_above)}}});
    }
    void feed(Offset from, Offset to) {
        for (Offset offset = from; offset <= to; ++offset) world_.feed(zero, offset);
    }
    void commit() { world_.loop.advance(milliseconds(101)); }
    [[nodiscard]] DoneMap committed() {
        const Offset next = world_.outbox.committed[zero];
        return DoneMap::decode(world_.outbox.maps[zero], next).value_or(DoneMap{});
    }
    [[nodiscard]] std::set<Offset> published() const {
        std::set<Offset> offsets;
        for (const auto& output : world_.outbox.written) offsets.insert(output.origin.offset);
        return offsets;
    }

    WorkerWorld world_;
};

TEST_F(WorkerMap, WhatIsDoneAboveTheOldestDocumentIsCommittedWithIt) {
    start({3, 6});
    world_.assign({zero});
    feed(1, 8);
    commit();
    EXPECT_EQ(committed(), (DoneMap{3, {{4, 6}, {7, 9}}}));
    world_.outbox.writing_slow.open();
    commit();
    EXPECT_EQ(world_.outbox.committed[zero], 9);
    EXPECT_EQ(world_.outbox.maps[zero], "");
    world_.stop();
}

TEST_F(WorkerMap, WhatIsLostIsCountedUnlessItWasDoneBefore) {
    start({});
    assign(3, {{4, 6}, {8, 9}});
    world_.source.tell(Batch{{}, {}, {{zero, 3, 7}}});  // 3 and 6
    feed(7, 9);
    world_.source.tell(Batch{{}, {{zero, 20}}, {{zero, 10, 15}}});
    world_.loop.settle();
    EXPECT_EQ(world_.worker().stats().records_lost, 7U);
    std::vector<RecordsLost> heard;
    for (const auto& event : world_.events)
        if (const auto* lost = std::get_if<RecordsLost>(&event)) heard.push_back(*lost);
    EXPECT_THAT(heard, ElementsAre(FieldsAre(zero, 3, 7, 2U), FieldsAre(zero, 10, 15, 5U)));
    commit();
    EXPECT_EQ(world_.outbox.committed[zero], 20);
    world_.stop();
}

TEST_F(WorkerMap, NothingIsLostWhereAllWasDoneBefore) {
    start({});
    assign(3, {{4, 9}});
    world_.source.tell(Batch{{}, {}, {{zero, 4, 8}}});
    world_.loop.settle();
    EXPECT_EQ(world_.worker().stats().records_lost, 0U);
    EXPECT_EQ(world_.count<RecordsLost>(), 0U);
    world_.stop();
}

TEST_F(WorkerMap, AlsoWhileNothingIsDoneBelow) {
    start({5});
    world_.assign({zero});
    feed(5, 7);
    commit();
    EXPECT_EQ(committed(), (DoneMap{5, {{6, 8}}}));
    world_.stop();
}

TEST_F(WorkerMap, ANewOwnerSkipsWhatIsDone) {
    start({});
    assign(3, {{4, 6}, {7, 9}});
    feed(3, 10);
    EXPECT_EQ(published(), (std::set<Offset>{3, 6, 9, 10}));
    EXPECT_EQ(world_.model.calls, 4U);
    EXPECT_EQ(world_.worker().stats().documents_skipped, 4U);
    EXPECT_EQ(world_.source.granted[zero], world_.settings.window_per_partition + 8) << "each place is free again";
    commit();
    EXPECT_EQ(world_.outbox.committed[zero], 11);
    world_.stop();
}

TEST_F(WorkerMap, WhatIsSkippedIsCommittedInItsTurn) {
    start({3});
    assign(3, {{4, 6}});
    feed(3, 6);
    commit();
    EXPECT_EQ(committed(), (DoneMap{3, {{4, 7}}}));
    world_.stop();
}

TEST_F(WorkerMap, TheEndOfAPartitionIsCommittedWhenAllBelowItIsDone) {
    start({3});
    world_.assign({zero});
    feed(1, 4);
    world_.source.tell(Batch{{}, {{zero, 8}}});
    commit();
    EXPECT_EQ(committed(), (DoneMap{3, {{4, 5}}}));
    world_.outbox.writing_slow.open();
    commit();
    EXPECT_EQ(world_.outbox.committed[zero], 8);
    world_.source.tell(Batch{{}, {{zero, 9}}});
    world_.loop.settle();
    commit();
    EXPECT_EQ(world_.outbox.committed[zero], 9) << "nothing else came";
    world_.stop();
}

TEST_F(WorkerMap, NothingIsCommittedThatIsCommittedAlready) {
    start({3});
    assign(3, {{4, 6}});
    feed(3, 5);
    world_.loop.advance(seconds(5));
    EXPECT_TRUE(world_.outbox.asked.empty());
    world_.stop();
}

TEST_F(WorkerMap, ATextOfSomebodyElseSaysNothing) {
    start({});
    assign_text(3, "2024-01-01T00:00:00Z consumer-7");
    feed(3, 6);
    EXPECT_EQ(world_.outbox.written.size(), 4U);
    EXPECT_EQ(world_.worker().stats().documents_skipped, 0U);
    commit();
    EXPECT_EQ(world_.outbox.committed[zero], 7);
    world_.stop();
}

TEST_F(WorkerMap, AMapOfAnotherPositionSaysNothing) {
    start({});
    const std::string text = DoneMap{3, {{4, 6}}}.encode().value();
    assign_text(2, text);  // somebody moved the position and kept the text
    feed(2, 6);
    EXPECT_EQ(world_.outbox.written.size(), 5U);
    world_.stop();
}

TEST_F(WorkerMap, AMapOfAPartitionThatStartedOverSaysNothing) {
    start({});
    assign(100, {{101, 200}});
    feed(0, 3);
    feed(101, 103);
    EXPECT_EQ(world_.outbox.written.size(), 7U);
    commit();
    EXPECT_EQ(world_.outbox.committed[zero], 104);
    world_.stop();
}

TEST_F(WorkerMap, TheSamePartitionComesBackWithItsMap) {
    start({1});
    world_.assign({zero});
    feed(1, 4);
    world_.revoke({zero});
    world_.loop.advance(world_.settings.drain_timeout + seconds(5));
    ASSERT_EQ(committed(), (DoneMap{1, {{2, 5}}}));
    world_.outbox.written.clear();
    world_.outbox.is_slow = nullptr;
    assign_text(1, world_.outbox.maps[zero]);
    feed(1, 5);
    world_.loop.advance(seconds(2));  // calls were held while nothing was written
    EXPECT_EQ(published(), (std::set<Offset>{1, 5}));
    commit();
    EXPECT_EQ(world_.outbox.committed[zero], 6);
    world_.stop();
}

/// Offsets so far apart that a map of a whole window would not fit.
class WorkerSparse : public WorkerMap {
protected:
    static constexpr Offset stride = 17'000;
    static constexpr Offset count = 1'500;
    void SetUp() override {
        world_.settings.limits.max_in_flight = 10'000;
        start({0});
        world_.assign({zero});
        for (Offset i = 0; i < count; ++i) world_.feed(zero, i * stride);
    }
};

TEST_F(WorkerSparse, ReadingStopsWhereTheMapWouldNotFit) {
    commit();
    const std::size_t done = world_.outbox.written.size();
    EXPECT_GE(done, 700U);
    EXPECT_LT(done, count - 1U);
    EXPECT_EQ(world_.worker().stats().documents_in_flight, count - done) << "what was read meanwhile counts as held";
    EXPECT_LE(world_.outbox.maps[zero].size(), DoneMap::text_bytes_max);
    EXPECT_EQ(world_.source.granted[zero], world_.settings.window_per_partition) << "no credit comes back";
    world_.outbox.writing_slow.open();
    world_.loop.settle();
    EXPECT_EQ(world_.outbox.written.size(), static_cast<std::size_t>(count));
    EXPECT_EQ(world_.worker().stats().documents_in_flight, 0U);
    EXPECT_EQ(world_.worker().stats().input_bytes_in_flight, 0U);
    EXPECT_EQ(world_.source.granted[zero], world_.settings.window_per_partition + count);
    commit();
    EXPECT_EQ(world_.outbox.committed[zero], (count - 1) * stride + 1);
    world_.stop();
}

TEST_F(WorkerSparse, WhatIsHeldIsLeftToTheNextOwner) {
    const std::size_t held = count - world_.outbox.written.size() - 1;
    world_.revoke({zero});
    world_.loop.advance(world_.settings.drain_timeout + seconds(5));
    EXPECT_EQ(world_.source.released.size(), 1U);
    EXPECT_EQ(world_.worker().stats().documents_abandoned, held) << "and one is under way";
    world_.stop();
    EXPECT_EQ(world_.worker().stats().documents_abandoned, held + 1);
    EXPECT_EQ(world_.worker().stats().input_bytes_in_flight, 0U);
}

TEST_F(WorkerSparse, AnEndWaitsForWhatIsHeldBeforeIt) {
    world_.source.tell(Batch{{}, {{zero, count * stride}}});
    world_.loop.settle();
    world_.outbox.writing_slow.open();
    world_.loop.settle();
    commit();
    EXPECT_EQ(world_.outbox.committed[zero], count * stride);
    world_.stop();
}

TEST_F(WorkerSparse, AnEndSaysNothingOfWhatIsLeftToTheNextOwner) {
    world_.source.tell(Batch{{}, {{zero, count * stride}}});
    world_.loop.settle();
    const auto tracked = static_cast<Offset>(world_.outbox.written.size());
    world_.revoke({zero});
    world_.outbox.writing_slow.open();
    world_.loop.advance(seconds(5));
    EXPECT_EQ(world_.source.released.size(), 1U);
    EXPECT_EQ(world_.outbox.committed[zero], tracked * stride + 1);
    world_.stop();
}

TEST_F(WorkerSparse, AStopDoesNotWaitForWhatIsHeld) {
    world_.outbox.writing_slow.open();
    world_.model.answering.shut();
    world_.loop.settle();
    for (Offset i = count; i < 2 * count; ++i) world_.feed(zero, i * stride);
    world_.model.answering.open();
    world_.worker().stop();
    world_.loop.settle();
    EXPECT_TRUE(world_.ended());
    EXPECT_EQ(world_.worker().stats().documents_in_flight, 0U);
}

}  // namespace
}  // namespace prelabel::pipeline
