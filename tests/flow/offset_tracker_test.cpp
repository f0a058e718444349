#include <prelabel/base/rng.hpp>
#include <prelabel/flow/offset_tracker.hpp>

#include <algorithm>
#include <set>
#include <vector>

#include <gtest/gtest.h>

namespace prelabel::flow {
namespace {

/// The watermark by its definition: the offset after the longest finished prefix of what was tracked.
std::optional<Offset> definition(const std::vector<Offset>& tracked, const std::set<Offset>& finished) {
    std::optional<Offset> committable;
    for (const Offset offset : tracked) {
        if (!finished.contains(offset)) break;
        committable = offset + 1;
    }
    return committable;
}

TEST(OffsetTracker, AgreesWithItsDefinitionForEveryCompletionOrder) {
    const std::vector<Offset> tracked{5, 6, 8, 9, 12, 13};  // gaps are normal
    std::vector<Offset> order = tracked;
    do {
        OffsetTracker tracker(tracked.size());
        for (const Offset offset : tracked) ASSERT_EQ(tracker.track(offset), Tracking::tracked);
        std::set<Offset> finished;
        std::size_t left = 0;
        for (const Offset offset : order) {
            left += tracker.finish(offset);
            finished.insert(offset);
            ASSERT_EQ(tracker.committable(), definition(tracked, finished));
            ASSERT_EQ(tracker.unfinished(), tracked.size() - finished.size());
            ASSERT_EQ(tracker.in_window(), tracked.size() - left);
        }
        ASSERT_EQ(left, tracked.size());
    } while (std::ranges::next_permutation(order).found);
}

TEST(OffsetTracker, AgreesWithItsDefinitionWhenTrackingAndFinishingInterleave) {
    for (std::uint64_t seed = 0; seed < 200; ++seed) {
        Rng rng(seed);
        OffsetTracker tracker(8);
        std::vector<Offset> tracked;
        std::vector<Offset> open;
        std::set<Offset> finished;
        Offset next = 0;
        for (int step = 0; step < 300; ++step) {
            if (rng.chance(0.5)) {
                next += 1 + static_cast<Offset>(rng.below(3));
                const bool room = tracker.in_window() < 8;
                ASSERT_EQ(tracker.track(next), room ? Tracking::tracked : Tracking::no_room);
                if (room) {
                    tracked.push_back(next);
                    open.push_back(next);
                }
            } else if (!open.empty()) {
                const auto pick = open.begin() + static_cast<std::ptrdiff_t>(rng.below(open.size()));
                tracker.finish(*pick);
                finished.insert(*pick);
                open.erase(pick);
            }
            ASSERT_EQ(tracker.committable(), definition(tracked, finished)) << "seed " << seed;
        }
    }
}

TEST(OffsetTracker, RefusesARecordWhenItsWindowIsFull) {
    OffsetTracker tracker(2);
    EXPECT_EQ(tracker.track(1), Tracking::tracked);
    EXPECT_EQ(tracker.track(2), Tracking::tracked);
    EXPECT_EQ(tracker.track(3), Tracking::no_room);
    EXPECT_EQ(tracker.finish(2), 0U) << "the oldest still holds the window";
    EXPECT_EQ(tracker.track(3), Tracking::no_room);
    EXPECT_EQ(tracker.finish(1), 2U);
    EXPECT_EQ(tracker.track(3), Tracking::tracked);
}

TEST(OffsetTracker, HasNothingToCommitBeforeTheFirstRecordIsFinished) {
    OffsetTracker tracker(4);
    EXPECT_EQ(tracker.committable(), std::nullopt);
    ASSERT_EQ(tracker.track(7), Tracking::tracked);
    EXPECT_EQ(tracker.committable(), std::nullopt);
}

TEST(OffsetTrackerDeathTest, StopsRatherThanCommitAWrongOffset) {
    OffsetTracker tracker(4);
    ASSERT_EQ(tracker.track(7), Tracking::tracked);
    EXPECT_DEATH(tracker.finish(8), "only a tracked record finishes");
    EXPECT_DEATH(static_cast<void>(tracker.track(7)), "offsets of a partition increase");
    ASSERT_EQ(tracker.track(9), Tracking::tracked);
    tracker.finish(9);
    EXPECT_DEATH(tracker.finish(9), "a record finishes once");
}

TEST(OffsetTracker, KnowsWhenItsOldestUnfinishedRecordWasWritten) {
    OffsetTracker tracker(4);
    EXPECT_EQ(tracker.oldest_timestamp_ms(), std::nullopt);
    (void)tracker.track(5, 1'000);
    (void)tracker.track(6, 900);  // producers' clocks differ: the oldest is the first of the partition
    (void)tracker.track(7);
    EXPECT_EQ(tracker.oldest_timestamp_ms(), 1'000);
    tracker.finish(6);
    EXPECT_EQ(tracker.oldest_timestamp_ms(), 1'000);
    tracker.finish(5);
    EXPECT_EQ(tracker.oldest_timestamp_ms(), std::nullopt) << "nobody says it of the third";
    tracker.finish(7);
    (void)tracker.track(8, 0);
    EXPECT_EQ(tracker.oldest_timestamp_ms(), 0);
}

TEST(OffsetTracker, SaysHowManyOffsetsOfARangeWereDoneBefore) {
    OffsetTracker tracker(4, DoneMap{5, {{6, 8}, {10, 13}}});
    EXPECT_EQ(tracker.done_before(0, 100), 5U);
    EXPECT_EQ(tracker.done_before(5, 7), 1U);
    EXPECT_EQ(tracker.done_before(7, 11), 2U);
    EXPECT_EQ(tracker.done_before(8, 10), 0U);
    EXPECT_EQ(tracker.done_before(11, 12), 1U);
    EXPECT_EQ(tracker.done_before(13, 20), 0U);
    EXPECT_EQ(tracker.done_before(7, 7), 0U);
    (void)tracker.track(9);
    EXPECT_EQ(tracker.done_before(0, 100), 5U) << "also what is read by now";
    EXPECT_EQ(OffsetTracker(4).done_before(0, 100), 0U);
}

}  // namespace
}  // namespace prelabel::flow
