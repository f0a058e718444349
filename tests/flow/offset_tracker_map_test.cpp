#include <prelabel/base/rng.hpp>
#include <prelabel/flow/offset_tracker.hpp>

#include <algorithm>
#include <set>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

namespace prelabel::flow {
namespace {

/// A partition's records, and what the tracker is to say, with sets only.
struct Model {
    explicit Model(std::vector<Offset> of) : records(std::move(of)) {}

    /// The records that a map calls done, of those that exist.
    [[nodiscard]] std::set<Offset> said(const DoneMap& map) const {
        std::set<Offset> all;
        for (const auto& run : map.runs) {
            const auto end = std::ranges::lower_bound(records, run.end);
            for (auto record = std::ranges::lower_bound(records, run.first); record != end; ++record)
                all.insert(*record);
        }
        return all;
    }
    [[nodiscard]] std::set<Offset> done_from(Offset next) const { return {done.lower_bound(next), done.end()}; }
    [[nodiscard]] bool all_done_below(Offset next) const {
        return std::ranges::all_of(records.begin(), std::ranges::lower_bound(records, next),
                                   [this](Offset record) { return done.contains(record); });
    }

    std::vector<Offset> records;
    std::set<Offset> done;
};

std::vector<Offset> some_records(std::size_t count, std::uint64_t distance_max, Rng& rng) {
    std::vector<Offset> records;
    Offset at = static_cast<Offset>(rng.below(1'000));
    while (records.size() < count) {
        records.push_back(at);
        at += 1 + static_cast<Offset>(rng.chance(0.7) ? 0 : rng.below(distance_max));
    }
    return records;
}

/// One assignment from a position to a crash. Gives what was committed last.
DoneMap assignment(Model& model, const DoneMap& from, std::size_t window, std::size_t steps, Rng& rng) {
    OffsetTracker tracker(window, from);
    DoneMap committed = from;
    std::vector<Offset> open;
    auto record = std::ranges::lower_bound(model.records, from.next);
    const double reading = 0.3 + rng.uniform() * 0.6;
    for (std::size_t step = 0; step < steps; ++step) {
        if (rng.chance(reading) && record != model.records.end()) {
            const Tracking answer = tracker.track(*record);
            EXPECT_EQ(answer == Tracking::already_done, model.done.contains(*record)) << *record;
            if (answer == Tracking::tracked) open.push_back(*record);
            if (answer == Tracking::no_room) {
                EXPECT_EQ(tracker.in_window(), window) << "the map is small";
            } else {
                ++record;
            }
        } else if (!open.empty()) {
            const auto pick = open.begin() + static_cast<std::ptrdiff_t>(rng.below(open.size()));
            tracker.finish(*pick);
            EXPECT_TRUE(model.done.insert(*pick).second) << "a record is done once";
            open.erase(pick);
        }
        EXPECT_EQ(tracker.unfinished(), open.size());
        const auto map = tracker.done_above();
        if (!map) continue;
        EXPECT_TRUE(model.all_done_below(map->next));
        EXPECT_TRUE(model.all_done_below(tracker.committable().value_or(0)));
        EXPECT_EQ(model.said(*map), model.done_from(map->next));
        const auto text = map->encode();
        if (!text) ADD_FAILURE() << "the map does not fit";
        const auto again = DoneMap::decode(text.value_or("none"), map->next);
        EXPECT_EQ(again, map);
        committed = again.value_or(DoneMap{});
    }
    return committed;
}

TEST(OffsetTracker, LosesAndRepeatsNothingWhenItsMapIsCommittedAfterEveryStep) {
    for (std::uint64_t seed = 0; seed < 150 && !::testing::Test::HasFailure(); ++seed) {
        SCOPED_TRACE(seed);
        Rng rng(seed);
        Model model(some_records(60, 1ULL << rng.below(12), rng));
        DoneMap committed{rng.chance(0.5) ? 0 : model.records.front(), {}};
        for (int crash = 0; crash < 8; ++crash) committed = assignment(model, committed, 1 + rng.below(40), 60, rng);
        for (int rest = 0; rest < 30; ++rest) committed = assignment(model, committed, 40, 200, rng);
        EXPECT_EQ(model.done.size(), model.records.size());
    }
}

TEST(OffsetTracker, TakesNoRoomForWhatIsAlreadyDone) {
    OffsetTracker tracker(2, DoneMap{5, {{6, 9}, {10, 12}}});
    EXPECT_EQ(tracker.track(5), Tracking::tracked);
    for (const Offset offset : {6, 7, 8}) EXPECT_EQ(tracker.track(offset), Tracking::already_done);
    EXPECT_EQ(tracker.track(9), Tracking::tracked);
    EXPECT_EQ(tracker.track(10), Tracking::already_done) << "whether or not the window is full";
    EXPECT_EQ(tracker.track(11), Tracking::already_done);
    EXPECT_EQ(tracker.track(12), Tracking::no_room);
    EXPECT_EQ(tracker.committable(), std::nullopt);
    EXPECT_EQ(tracker.finish(5), 1U);
    EXPECT_EQ(tracker.committable(), 9);
    EXPECT_EQ(tracker.done_above(), (DoneMap{9, {{10, 12}}}));
    EXPECT_EQ(tracker.finish(9), 1U);
    EXPECT_EQ(tracker.committable(), 12);
    EXPECT_EQ(tracker.done_above(), (DoneMap{12, {}}));
}

TEST(OffsetTracker, KeepsInItsMapWhatWasDoneBeforeAndIsNotReadYet) {
    OffsetTracker tracker(4, DoneMap{5, {{6, 9}, {20, 22}}});
    EXPECT_EQ(tracker.done_above(), (DoneMap{5, {{6, 9}, {20, 22}}}));
    ASSERT_EQ(tracker.track(5), Tracking::tracked);
    ASSERT_EQ(tracker.track(6), Tracking::already_done);
    EXPECT_EQ(tracker.done_above(), (DoneMap{5, {{6, 9}, {20, 22}}}));
    ASSERT_EQ(tracker.track(9), Tracking::tracked);
    tracker.finish(9);
    EXPECT_EQ(tracker.done_above(), (DoneMap{5, {{6, 10}, {20, 22}}}));
    tracker.finish(5);
    EXPECT_EQ(tracker.done_above(), (DoneMap{10, {{20, 22}}}));
}

TEST(OffsetTracker, KnowsItsPositionWhenTheFirstRecordIsTheLastToFinish) {
    OffsetTracker tracker(4, DoneMap{});
    EXPECT_EQ(tracker.done_above(), std::nullopt);
    ASSERT_EQ(tracker.track(70), Tracking::tracked);
    EXPECT_EQ(tracker.done_above(), std::nullopt);
    ASSERT_EQ(tracker.track(71), Tracking::tracked);
    tracker.finish(71);
    EXPECT_EQ(tracker.committable(), std::nullopt);
    EXPECT_EQ(tracker.done_above(), (DoneMap{70, {{71, 72}}}));
}

TEST(OffsetTracker, ForgetsWhatWasDoneWhenThePartitionStartsOver) {
    OffsetTracker tracker(4, DoneMap{500, {{501, 510}}});
    ASSERT_EQ(tracker.track(0), Tracking::tracked);
    ASSERT_EQ(tracker.track(505), Tracking::tracked) << "another record than the one that is done";
    tracker.finish(505);
    EXPECT_EQ(tracker.done_above(), (DoneMap{0, {{505, 506}}}));
}

TEST(OffsetTracker, ForgetsWhatWasDoneBelowTheFirstRecordThatIsLeft) {
    OffsetTracker tracker(4, DoneMap{500, {{501, 510}, {520, 530}}});
    ASSERT_EQ(tracker.track(515), Tracking::tracked);
    EXPECT_EQ(tracker.done_above(), (DoneMap{515, {{520, 530}}}));
    OffsetTracker inside(4, DoneMap{500, {{501, 510}, {520, 530}}});
    ASSERT_EQ(inside.track(505), Tracking::already_done);
    EXPECT_EQ(inside.done_above(), (DoneMap{506, {{506, 510}, {520, 530}}}));
    OffsetTracker above(4, DoneMap{500, {{501, 510}, {520, 530}}});
    ASSERT_EQ(above.track(10'000'000'000), Tracking::tracked);
    EXPECT_EQ(above.done_above(), std::nullopt);
}

/// Tracks records at these distances until there is no room; gives their offsets.
std::vector<Offset> fill(OffsetTracker& tracker, std::vector<Offset> distances) {
    std::vector<Offset> offsets;
    Offset at = 1'000;
    while (tracker.track(at) == Tracking::tracked) {
        offsets.push_back(at);
        at += distances[offsets.size() % distances.size()];
    }
    return offsets;
}

TEST(OffsetTracker, FitsItsMapIntoTheTextWhateverFinishesFirst) {
    for (const auto& distances : std::vector<std::vector<Offset>>{
             {1}, {2}, {7}, {8}, {9}, {1, 15}, {100}, {127, 1}, {128}, {1, 1, 500}, {3'000}, {20'000}, {1, 40'000}}) {
        for (const std::size_t pattern : {1U, 2U, 3U, 5U}) {
            OffsetTracker tracker(50'000, DoneMap{});
            const std::vector<Offset> offsets = fill(tracker, distances);
            const bool dense = offsets.back() - offsets.front() < DoneMap::dense_span_max;
            EXPECT_TRUE(dense || offsets.size() >= 766) << distances.front();
            for (std::size_t i = 1; i < offsets.size(); ++i)
                if (i % pattern == pattern / 2) tracker.finish(offsets[i]);
            const auto text = tracker.done_above().value_or(DoneMap{}).encode();
            ASSERT_TRUE(text) << distances.front() << ' ' << pattern;
            EXPECT_FALSE(text->empty());
            EXPECT_GT(tracker.finish(offsets.front()), 0U);
            EXPECT_EQ(tracker.track(offsets.back() + 1), Tracking::tracked) << "stuck at " << distances.front();
        }
    }
}

TEST(OffsetTracker, FitsItsMapIntoTheTextAcrossCrashesWithWideGaps) {
    std::size_t refused = 0;
    for (std::uint64_t seed = 0; seed < 12; ++seed) {
        Rng rng(seed);
        DoneMap committed;
        const std::uint64_t distance_max = 2ULL << rng.below(13);
        const std::vector<Offset> records = some_records(20'000, distance_max, rng);
        std::set<Offset> done;
        for (int crash = 0; crash < 5; ++crash) {
            OffsetTracker tracker(50'000, committed);
            std::vector<Offset> open;
            for (auto record = std::ranges::lower_bound(records, committed.next); record != records.end();) {
                const Tracking answer = tracker.track(*record);
                ASSERT_EQ(answer == Tracking::already_done, done.contains(*record)) << "seed " << seed;
                if (answer == Tracking::no_room) break;
                if (answer == Tracking::tracked) open.push_back(*record);
                ++record;
            }
            refused += open.size() > 1 && open.back() != records.back() ? 1 : 0;
            ASSERT_FALSE(open.empty());
            for (std::size_t i = 0; i < open.size(); ++i) {
                const bool finishes = i == 0 ? crash % 2 == 1 : i % 2 == 1 || rng.chance(0.1);
                if (!finishes) continue;
                tracker.finish(open[i]);
                done.insert(open[i]);
            }
            const auto map = tracker.done_above();
            ASSERT_TRUE(map && map->encode()) << "seed " << seed << " crash " << crash;
            committed = DoneMap::decode(*map->encode(), map->next).value();
        }
    }
    EXPECT_GT(refused, 20U) << "else nothing was near the bound";
}

TEST(OffsetTracker, AnEndIsCommittableWhenEverythingBelowItIsFinished) {
    for (const bool end_comes_first : {true, false}) {
        OffsetTracker tracker(8, DoneMap{5, {}});
        ASSERT_EQ(tracker.track(5), Tracking::tracked);
        ASSERT_EQ(tracker.track(6), Tracking::tracked);
        tracker.finish(6);
        if (end_comes_first) tracker.read_to_end(9);
        EXPECT_EQ(tracker.done_above(), (DoneMap{5, {{6, 7}}})) << "the gap is not in the map";
        tracker.finish(5);
        if (!end_comes_first) {
            EXPECT_EQ(tracker.committable(), 7);
            tracker.read_to_end(9);
        }
        EXPECT_EQ(tracker.committable(), 9);
        EXPECT_EQ(tracker.done_above(), (DoneMap{9, {}}));
        ASSERT_EQ(tracker.track(9), Tracking::tracked);
        EXPECT_EQ(tracker.done_above(), (DoneMap{9, {}}));
        tracker.finish(9);
        EXPECT_EQ(tracker.committable(), 10);
    }
}

TEST(OffsetTracker, AnEndWithoutAnyRecordIsCommittable) {
    OffsetTracker started_before(8, DoneMap{5, {}});
    started_before.read_to_end(7);
    EXPECT_EQ(started_before.done_above(), (DoneMap{7, {}}));
    OffsetTracker never_started(8, DoneMap{});
    never_started.read_to_end(0);
    EXPECT_EQ(never_started.done_above(), std::nullopt) << "an empty partition";
    never_started.read_to_end(7);
    EXPECT_EQ(never_started.done_above(), (DoneMap{7, {}}));
}

TEST(OffsetTracker, AnEndPassesWhatWasDoneBeforeAndIsNotThereAnyMore) {
    OffsetTracker tracker(8, DoneMap{5, {{6, 8}, {10, 12}}});
    tracker.read_to_end(9);
    EXPECT_EQ(tracker.done_above(), (DoneMap{9, {{10, 12}}}));
    EXPECT_EQ(tracker.track(10), Tracking::already_done);
    EXPECT_EQ(tracker.committable(), 11);
}

TEST(OffsetTracker, AnEndThatCannotBeTrueIsIgnored) {
    OffsetTracker tracker(8, DoneMap{5, {{7, 9}}});
    tracker.read_to_end(4);
    tracker.read_to_end(8);
    EXPECT_EQ(tracker.done_above(), (DoneMap{5, {{7, 9}}}));
    ASSERT_EQ(tracker.track(12), Tracking::tracked);
    tracker.read_to_end(12);
    tracker.finish(12);
    EXPECT_EQ(tracker.committable(), 13);
}

TEST(OffsetTracker, RefusesNothingForItsMapWhenOnlyThePositionIsCommitted) {
    OffsetTracker tracker(5'000);
    for (Offset i = 0; i < 5'000; ++i) ASSERT_EQ(tracker.track(i * 1'000'000), Tracking::tracked);
}

TEST(OffsetTracker, IsNotSlowedDownByABigWindow) {
    constexpr Offset window = 24'000;
    for (int repeat = 0; repeat < 10; ++repeat) {  // minutes, if a step looked at all the others
        OffsetTracker before(window, DoneMap{});
        for (Offset i = 0; i < window; ++i) ASSERT_EQ(before.track(i), Tracking::tracked);
        for (Offset i = window - 1; i > 0; i -= 2) before.finish(i);
        const auto map = before.done_above();
        ASSERT_TRUE(map);
        ASSERT_EQ(map->runs.size(), window / 2);
        OffsetTracker after(window, DoneMap::decode(map->encode().value(), 0).value());
        for (Offset i = 0; i < window; ++i)
            ASSERT_EQ(after.track(i), i % 2 == 1 ? Tracking::already_done : Tracking::tracked);
        for (Offset i = window - 2; i >= 0; i -= 2) after.finish(i);
        ASSERT_EQ(after.committable(), window);
    }
}

}  // namespace
}  // namespace prelabel::flow
