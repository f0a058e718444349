#include "journal/segment_scan.hpp"

#include <algorithm>
#include <string>

namespace prelabel::journal {
namespace {

constexpr std::size_t window_bytes = 1U << 20;

/// The part of a file that is looked at.
class Window {
public:
    Window(DiskFile& file, std::uint64_t size) : file_(file), size_(size) {}

    /// All of the window from `offset` on: at least `wanted` bytes, as far as the file has them.
    [[nodiscard]] Result<std::string_view> at(std::uint64_t offset, std::size_t wanted) {
        wanted = static_cast<std::size_t>(std::min<std::uint64_t>(wanted, size_ - offset));
        if (offset < begin_ || offset + wanted > begin_ + bytes_.size()) {
            begin_ = offset;
            bytes_.resize(
                static_cast<std::size_t>(std::min<std::uint64_t>(std::max(wanted, window_bytes), size_ - offset)));
            const auto read = file_.read(offset, bytes_);
            if (!read) return read.error();
            bytes_.resize(*read);
        }
        return std::string_view(bytes_).substr(static_cast<std::size_t>(offset - begin_));
    }

private:
    DiskFile& file_;
    std::uint64_t size_;
    std::uint64_t begin_ = 0;
    std::string bytes_;
};

}  // namespace

Result<SegmentScan> scan(DiskFile& file, const FrameFormat& format, const OnFrame& on_frame) {
    using Look = FrameFormat::Look;
    const auto size = file.size();
    if (!size) return size.error();
    SegmentScan found{*size, 0, 0};
    Window window(file, *size);
    std::uint64_t offset = 0;
    while (offset < *size) {
        auto bytes = window.at(offset, FrameFormat::header_bytes);
        if (!bytes) return bytes.error();
        auto seen = format.look(*bytes);
        if (seen.look == Look::short_of_bytes && offset + seen.bytes <= *size) {
            bytes = window.at(offset, seen.bytes);
            if (!bytes) return bytes.error();
            seen = format.look(*bytes);
        }
        if (seen.look == Look::whole || seen.look == Look::foreign) {
            if (offset > found.end) ++found.damaged;
            if (seen.look == Look::whole) on_frame(seen.frame, offset, seen.bytes);
            offset += seen.bytes;
            found.end = offset;
            continue;
        }
        // The file got shorter as it was read: nothing more is there.
        if (bytes->empty()) break;
        offset += std::min(std::max(format.next_marker(*bytes, 1), FrameFormat::alignment), bytes->size());
        offset = offset / FrameFormat::alignment * FrameFormat::alignment;
        if (bytes->size() < FrameFormat::alignment) break;
    }
    return found;
}

}  // namespace prelabel::journal
