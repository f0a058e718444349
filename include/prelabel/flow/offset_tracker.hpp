#pragma once

#include <prelabel/base/record.hpp>

#include <cstddef>
#include <deque>
#include <optional>

namespace prelabel::flow {

/// Low watermark of one assigned partition: what may be committed while records finish out of order.
///
///   tracked   5  6  8  9      (7 does not exist; gaps are normal)
///   finished  x  x     x      → committable = 7, the next offset to read
///
/// Bound:    at most `window` records from the oldest unfinished one; beyond it, stop reading the partition.
/// Lifetime: one per assignment; dropped on revocation.   Threads: confined to its worker.
/// Cost:     finish() is a binary search in the window.
class OffsetTracker {
public:
    explicit OffsetTracker(std::size_t window);

    /// False when the window is full: offer the record again later. Offsets must increase.
    [[nodiscard]] bool track(Offset offset);
    /// The record's outcome is durable. It must be tracked and not finished before.
    /// Gives how many records left the window: as many more may be tracked.
    std::size_t finish(Offset offset);
    /// The next offset to read after everything finished without a gap; none before the first record is finished.
    [[nodiscard]] std::optional<Offset> committable() const { return committable_; }
    /// Records tracked since the oldest unfinished one.
    [[nodiscard]] std::size_t in_window() const { return entries_.size(); }
    [[nodiscard]] std::size_t unfinished() const { return unfinished_; }

private:
    struct Entry {
        Offset offset;
        bool finished;
    };
    std::size_t window_;
    std::deque<Entry> entries_;  // front is always unfinished
    std::size_t unfinished_ = 0;
    std::optional<Offset> last_;
    std::optional<Offset> committable_;
};

}  // namespace prelabel::flow
