#pragma once

#include "journal/answer_index.hpp"
#include "journal/frame.hpp"
#include "journal/segment_index.hpp"

#include <prelabel/journal/disk.hpp>
#include <prelabel/journal/stats.hpp>

#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace prelabel::journal {

/// Frames in files that are only appended to, the oldest file removed first:
///
///   0000000007.journal  0000000007.index     full: what is in it stands beside it
///   0000000008.journal                       the one that is written: read through at the next start
///
/// A full segment whose index is missing or wrong is read through too, and gets a new one.
/// Bound: `segment_bytes`, or one frame; 16 bytes of memory for each frame of the segment that is written;
///        `readers_max` open files beside it.
/// Threads: confined to the loop, but for flushing files of unflushed().
class SegmentLog {
public:
    static constexpr std::size_t readers_max = 16;
    struct Segment {
        std::uint32_t number = 0;
        std::uint64_t bytes = 0;  ///< with its index
        WallTime oldest = WallTime::max();
        WallTime newest = WallTime::min();
    };
    using OnEntry = std::function<void(const SegmentIndex::Entry& entry, std::uint32_t segment)>;

    /// `flushes`: somebody asks for unflushed() from time to time.
    SegmentLog(Disk& disk, FrameFormat format, std::uint64_t segment_bytes, bool flushes, Stats& stats)
        : disk_(disk), format_(format), segment_bytes_(segment_bytes), flushes_(flushes), stats_(stats) {}

    /// Reads what is there, the oldest first. Once, before all else.
    [[nodiscard]] Result<> load(const OnEntry& on_entry);
    /// After an error nothing of the frame is there, or what a reader takes for damage.
    [[nodiscard]] Result<Place> append(const Frame& frame);
    struct Kept {
        std::string bytes;
        Frame frame;  ///< a view into `bytes`
    };
    /// Null if there is no whole frame at this place, or it cannot be read.
    [[nodiscard]] std::unique_ptr<const Kept> read(Place place);
    /// The next frame begins a new segment.
    void close_segment();
    /// Not the one that is written. It is out of the log even if its file cannot be removed.
    [[nodiscard]] Result<> drop_oldest();
    /// Whether the oldest is another than the one that is written.
    [[nodiscard]] bool can_drop() const { return segments_.size() > (active_ ? 1U : 0U); }

    [[nodiscard]] const std::deque<Segment>& segments() const { return segments_; }
    [[nodiscard]] std::uint64_t bytes() const { return bytes_; }
    [[nodiscard]] bool writes_to(const Segment& segment) const {
        return active_ != nullptr && segment.number == segments_.back().number;
    }
    /// Files with bytes since the last call that a loss of power may take.
    [[nodiscard]] std::vector<std::shared_ptr<DiskFile>> unflushed();

private:
    [[nodiscard]] static std::string file_of(std::uint32_t number);
    [[nodiscard]] static std::string index_of(std::uint32_t number);
    /// From its index, or else from itself. Null if neither can be read.
    [[nodiscard]] std::optional<SegmentIndex> load_full(Segment& segment);
    /// Reads it through, and makes it the one that is written, if it can be.
    [[nodiscard]] std::optional<SegmentIndex> load_last(Segment& segment);
    [[nodiscard]] Result<> begin_segment();
    void write_index(Segment& segment, const SegmentIndex& index);
    [[nodiscard]] DiskFile* reader(std::uint32_t segment);

    Disk& disk_;
    FrameFormat format_;
    std::uint64_t segment_bytes_;
    bool flushes_;
    Stats& stats_;
    std::deque<Segment> segments_;
    std::uint64_t bytes_ = 0;
    std::uint32_t last_number_ = 0;
    std::shared_ptr<DiskFile> active_;  ///< of the last segment; null: the next frame begins one
    SegmentIndex active_index_;
    std::vector<std::shared_ptr<DiskFile>> unflushed_;
    std::deque<std::pair<std::uint32_t, std::unique_ptr<DiskFile>>> readers_;  ///< the latest used first
};

}  // namespace prelabel::journal
