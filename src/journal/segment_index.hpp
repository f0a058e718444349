#pragma once

#include "journal/frame.hpp"

#include <prelabel/base/time.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace prelabel::journal {

/// What a segment says, in its order: all that a restart needs of it. A file beside the segment once it is full.
/// Bound: 16 bytes a frame.
struct SegmentIndex {
    struct Entry {
        std::uint64_t fingerprint = 0;
        std::uint32_t unit = 0;
        FrameKind kind = FrameKind::answer;

        friend bool operator==(const Entry&, const Entry&) = default;
    };
    std::uint64_t segment_bytes = 0;
    WallTime oldest = WallTime::max();  ///< of its frames
    WallTime newest = WallTime::min();
    std::vector<Entry> entries;

    void add(const Frame& frame, std::uint64_t offset);

    friend bool operator==(const SegmentIndex&, const SegmentIndex&) = default;
};

[[nodiscard]] std::string to_bytes(const SegmentIndex& index, const FrameFormat& format);
/// Nothing unless it is all there, unchanged, and of a segment of so many bytes.
[[nodiscard]] std::optional<SegmentIndex> index_from(std::string_view bytes, std::uint64_t segment_bytes,
                                                     const FrameFormat& format);

}  // namespace prelabel::journal
