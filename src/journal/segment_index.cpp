#include "journal/segment_index.hpp"

#include "journal/answer_index.hpp"
#include "journal/bytes.hpp"

#include <algorithm>

namespace prelabel::journal {
namespace {

constexpr std::uint32_t version = 1;
constexpr std::size_t entry_bytes = 16;
constexpr std::size_t head_bytes = 4 + 4 + 8 + 8 + 8 + 4;

}  // namespace

void SegmentIndex::add(const Frame& frame, std::uint64_t offset) {
    oldest = std::min(oldest, frame.at);
    newest = std::max(newest, frame.at);
    entries.push_back(
        {fingerprint(frame.key), static_cast<std::uint32_t>(offset / FrameFormat::alignment), frame.kind});
}

std::string to_bytes(const SegmentIndex& index, const FrameFormat& format) {
    std::string body;
    body.reserve(head_bytes + index.entries.size() * entry_bytes);
    append_number(body, version);
    append_number(body, index.segment_bytes);
    append_number(body, static_cast<std::int64_t>(index.oldest.time_since_epoch().count()));
    append_number(body, static_cast<std::int64_t>(index.newest.time_since_epoch().count()));
    append_number(body, static_cast<std::uint32_t>(index.entries.size()));
    for (const auto& entry : index.entries) {
        append_number(body, entry.fingerprint);
        append_number(body, entry.unit);
        append_number(body, static_cast<std::uint32_t>(entry.kind));
    }
    append_number(body, format.checksum(body));
    return body;
}

std::optional<SegmentIndex> index_from(std::string_view bytes, std::uint64_t segment_bytes, const FrameFormat& format) {
    if (bytes.size() < head_bytes) return std::nullopt;
    const auto checked = bytes.substr(0, bytes.size() - sizeof(std::uint32_t));
    if (number_at<std::uint32_t>(bytes, checked.size()) != format.checksum(checked)) return std::nullopt;
    ByteReader reader(checked);
    SegmentIndex index;
    if (reader.number<std::uint32_t>() != version) return std::nullopt;
    index.segment_bytes = reader.number<std::uint64_t>();
    index.oldest = WallTime(std::chrono::milliseconds(reader.number<std::int64_t>()));
    index.newest = WallTime(std::chrono::milliseconds(reader.number<std::int64_t>()));
    const auto count = reader.number<std::uint32_t>();
    if (index.segment_bytes != segment_bytes || bytes.size() != head_bytes + count * entry_bytes) return std::nullopt;
    index.entries.reserve(count);
    for (std::uint32_t i = 0; i < count; ++i) {
        SegmentIndex::Entry entry;
        entry.fingerprint = reader.number<std::uint64_t>();
        entry.unit = reader.number<std::uint32_t>();
        entry.kind = static_cast<FrameKind>(reader.number<std::uint32_t>());
        index.entries.push_back(entry);
    }
    return index;
}

}  // namespace prelabel::journal
