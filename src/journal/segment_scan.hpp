#pragma once

#include "journal/frame.hpp"

#include <prelabel/journal/disk.hpp>

#include <cstdint>
#include <functional>

namespace prelabel::journal {

/// What a walk through a segment found.
struct SegmentScan {
    std::uint64_t bytes = 0;    ///< of the file
    std::uint64_t end = 0;      ///< behind its last whole frame
    std::uint64_t damaged = 0;  ///< places where something stands before that, and is no whole frame
    [[nodiscard]] bool torn() const { return end < bytes; }
};

using OnFrame = std::function<void(const Frame& frame, std::uint64_t offset, std::size_t bytes)>;

/// Walks through all whole frames of a segment. Behind what is damaged it goes on at the next frame.
/// Bound: a window of 1 MiB, or of the longest frame. Cost: the disk's, or some GB/s.
[[nodiscard]] Result<SegmentScan> scan(DiskFile& file, const FrameFormat& format, const OnFrame& on_frame);

}  // namespace prelabel::journal
