#pragma once

#include <prelabel/base/record.hpp>
#include <prelabel/flow/done_map.hpp>

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>

namespace prelabel::flow {

/// The result of offering a record that was read.
enum class Tracking {
    tracked,       ///< its work may begin
    already_done,  ///< before this assignment: no work is left, and finish() is not called
    no_room,       ///< offer it again when finish() has made room
};

/// Low watermark of one assigned partition: what may be committed while records finish out of order.
///
///   tracked   5  6  8  9      (7 does not exist; gaps are normal)
///   finished  x  x     x      → committable = 7, the next offset to read; done above it: 9
///
/// With a map of records done before, these records are not tracked again, take no room, and become committable in
/// order. done_above() then always fits into its text, in any order of finishing: a record that could break this gets
/// `no_room`. With an empty map there is room for DoneMap::dense_span_max offsets or, if more offsets lie between the
/// first and the last record, for at least 766 records within DoneMap::span_max.
///
/// Bound:    at most `window` records from the oldest unfinished one; beyond it, stop reading the partition.
/// Lifetime: one per assignment; dropped on revocation.   Threads: confined to its worker.
/// Cost:     finish() is a binary search in the window, done_above() is linear in it.
class OffsetTracker {
public:
    /// Only the position is committed.
    explicit OffsetTracker(std::size_t window);
    /// The records done above the position are committed with it. `before`: those at the start of the assignment. It is
    /// ignored if the first record is below its position: the partition has started again.
    OffsetTracker(std::size_t window, DoneMap before);

    /// Offsets must increase. `timestamp_ms`: when the record was written, -1 if nobody says.
    [[nodiscard]] Tracking track(Offset offset, std::int64_t timestamp_ms = -1);
    /// Below `end` there is no record but those that were tracked: it is committable when they are finished. What
    /// cannot be true is ignored: an end below what was tracked, or inside what was done before.
    void read_to_end(Offset end);
    /// How many offsets from `first` up to, but without, `end` were done before this assignment.
    [[nodiscard]] std::size_t done_before(Offset first, Offset end) const;
    /// The record's outcome is durable. It must be tracked and not finished before.
    /// Gives how many records left the window: this many more may be tracked.
    std::size_t finish(Offset offset);
    /// The next offset to read after everything finished without a gap; none before the first record is finished.
    [[nodiscard]] std::optional<Offset> committable() const { return committable_; }
    /// The position to commit and the records done above it; none while no record is done. The position is that of the
    /// oldest unfinished record, so it is known even if the first record finishes last; else it is committable().
    [[nodiscard]] std::optional<DoneMap> done_above() const;
    /// Records tracked since the oldest unfinished one.
    [[nodiscard]] std::size_t in_window() const { return entries_.size(); }
    [[nodiscard]] std::size_t unfinished() const { return unfinished_; }
    /// When the oldest unfinished record was written; none if there is no such record, or nobody says.
    [[nodiscard]] std::optional<std::int64_t> oldest_timestamp_ms() const;

private:
    struct Entry {
        Offset offset;
        Offset done_from;   // from here up to `end` was done before
        Offset end;         // after the last record read before the next entry
        std::size_t bytes;  // what a map's body takes at most, from here up to the next entry
        std::int64_t timestamp_ms;
        bool finished;
    };
    [[nodiscard]] bool fits(Offset offset) const;
    [[nodiscard]] std::size_t bytes_before(std::size_t run) const;
    void read_up_to(Offset offset);
    void pass(Offset offset);
    void pass_end();

    std::size_t window_;
    bool with_map_ = false;
    std::deque<Entry> entries_;  // front is always unfinished
    std::size_t unfinished_ = 0;
    std::optional<Offset> last_;
    std::optional<Offset> committable_;
    std::optional<Offset> end_;  // the latest that was reached
    DoneMap before_;
    std::size_t upcoming_ = 0;  // the run of before_ that is not read to its end
    std::size_t bytes_ = 0;     // what a map's body takes at most: all entries, and before_ from upcoming_ on
};

}  // namespace prelabel::flow
