#include "journal/segment_log.hpp"

#include "journal/segment_scan.hpp"

#include <algorithm>
#include <charconv>
#include <string_view>

namespace prelabel::journal {
namespace {

constexpr std::string_view segment_ending = ".journal";
constexpr std::string_view index_ending = ".index";
constexpr std::size_t digits = 10;
constexpr std::size_t first_read_bytes = 4U << 10;  // most answers are shorter

std::string name_of(std::uint32_t number, std::string_view ending) {
    const std::string text = std::to_string(number);
    return std::string(digits - text.size(), '0') + text + std::string(ending);
}

/// Nothing if the file is not one of ours.
std::optional<std::uint32_t> number_of(std::string_view file, std::string_view ending) {
    if (file.size() != digits + ending.size() || !file.ends_with(ending)) return std::nullopt;
    std::uint32_t number = 0;
    const auto [end, error] = std::from_chars(file.data(), file.data() + digits, number);
    if (error != std::errc{} || end != file.data() + digits || number == 0) return std::nullopt;
    return number;
}

Result<std::string> content(DiskFile& file) {
    const auto size = file.size();
    if (!size) return size.error();
    std::string bytes(static_cast<std::size_t>(*size), '\0');
    const auto read = file.read(0, bytes);
    if (!read) return read.error();
    bytes.resize(*read);
    return bytes;
}

}  // namespace

std::string SegmentLog::file_of(std::uint32_t number) { return name_of(number, segment_ending); }
std::string SegmentLog::index_of(std::uint32_t number) { return name_of(number, index_ending); }

Result<> SegmentLog::load(const OnEntry& on_entry) {
    const auto files = disk_.files();
    if (!files) return files.error();
    std::vector<std::uint32_t> numbers;
    for (const auto& file : *files)
        if (const auto number = number_of(file, segment_ending)) numbers.push_back(*number);
    std::ranges::sort(numbers);
    for (const auto& file : *files) {
        const auto number = number_of(file, index_ending);
        if (number && !std::ranges::binary_search(numbers, *number)) (void)disk_.remove(file);
    }
    for (const auto number : numbers) {
        Segment segment;
        segment.number = last_number_ = number;
        auto index = number == numbers.back() ? load_last(segment) : load_full(segment);
        if (index) {
            segment.oldest = index->oldest;
            segment.newest = index->newest;
            for (const auto& entry : index->entries) on_entry(entry, number);
        } else {
            ++stats_.damaged;
        }
        segments_.push_back(segment);
        bytes_ += segment.bytes;
        if (active_) active_index_ = std::move(*index);
    }
    return {};
}

std::optional<SegmentIndex> SegmentLog::load_full(Segment& segment) {
    auto file = disk_.open(file_of(segment.number));
    if (!file) return std::nullopt;
    const auto size = (*file)->size();
    if (!size) return std::nullopt;
    segment.bytes = *size;
    if (auto beside = disk_.open(index_of(segment.number))) {
        if (const auto bytes = content(**beside)) {
            if (auto index = index_from(*bytes, *size, format_)) {
                segment.bytes += bytes->size();
                return index;
            }
        }
    }
    SegmentIndex index;
    const auto seen =
        scan(**file, format_, [&](const Frame& frame, std::uint64_t offset, std::size_t) { index.add(frame, offset); });
    if (!seen) return std::nullopt;
    stats_.damaged += seen->damaged + (seen->torn() ? 1 : 0);
    index.segment_bytes = *size;
    write_index(segment, index);
    return index;
}

std::optional<SegmentIndex> SegmentLog::load_last(Segment& segment) {
    auto file = disk_.open(file_of(segment.number));
    if (!file) return std::nullopt;
    SegmentIndex index;
    const auto seen =
        scan(**file, format_, [&](const Frame& frame, std::uint64_t offset, std::size_t) { index.add(frame, offset); });
    if (!seen) return std::nullopt;
    (void)disk_.remove(index_of(segment.number));  // of a segment that was full: it is written to again
    stats_.damaged += seen->damaged;
    segment.bytes = seen->bytes;
    index.segment_bytes = seen->end;
    if (seen->torn()) {
        ++stats_.torn_tails;
        if (!(*file)->cut(seen->end)) return index;  // then the next frame begins another segment
        segment.bytes = seen->end;
    }
    active_ = std::move(*file);
    return index;
}

Result<Place> SegmentLog::append(const Frame& frame) {
    const std::string bytes = format_.encode(frame);
    if (active_ && active_index_.segment_bytes > 0 && active_index_.segment_bytes + bytes.size() > segment_bytes_)
        close_segment();
    if (!active_) {
        if (const auto begun = begin_segment(); !begun) return begun.error();
    }
    Segment& segment = segments_.back();
    const std::uint64_t offset = active_index_.segment_bytes;
    if (const auto written = active_->append(bytes); !written) {
        if (!active_->cut(offset)) {
            segment.bytes += bytes.size();  // perhaps
            bytes_ += bytes.size();
            active_.reset();
        }
        return written.error();
    }
    active_index_.add(frame, offset);
    active_index_.segment_bytes += bytes.size();
    segment.bytes += bytes.size();
    bytes_ += bytes.size();
    segment.oldest = active_index_.oldest;
    segment.newest = active_index_.newest;
    return Place{segment.number, static_cast<std::uint32_t>(offset / FrameFormat::alignment)};
}

Result<> SegmentLog::begin_segment() {
    auto file = disk_.make(file_of(last_number_ + 1));
    if (!file) return file.error();
    active_ = std::move(*file);
    active_index_ = {};
    segments_.push_back({++last_number_, 0});
    return {};
}

void SegmentLog::close_segment() {
    if (!active_) return;
    if (flushes_) unflushed_.push_back(active_);
    active_.reset();
    write_index(segments_.back(), active_index_);
    active_index_ = {};
}

void SegmentLog::write_index(Segment& segment, const SegmentIndex& index) {
    const std::string bytes = to_bytes(index, format_);
    // Without it the next start takes longer: nothing else is lost.
    if (!disk_.replace(index_of(segment.number), bytes)) return;
    segment.bytes += bytes.size();
    if (!segments_.empty() && segment.number == segments_.back().number) bytes_ += bytes.size();
}

std::unique_ptr<const SegmentLog::Kept> SegmentLog::read(Place place) {
    DiskFile* file = reader(place.segment);
    if (file == nullptr) return nullptr;
    auto kept = std::make_unique<Kept>();
    std::size_t wanted = first_read_bytes;
    for (;;) {
        kept->bytes.resize(wanted);
        const auto read = file->read(std::uint64_t{place.unit} * FrameFormat::alignment, kept->bytes);
        if (!read) return nullptr;
        kept->bytes.resize(*read);
        const auto seen = format_.look(kept->bytes);
        const bool more = seen.look == FrameFormat::Look::short_of_bytes && seen.bytes > wanted;
        if (!more) {
            if (seen.look != FrameFormat::Look::whole) return nullptr;
            kept->frame = seen.frame;
            return kept;
        }
        wanted = seen.bytes;
    }
}

DiskFile* SegmentLog::reader(std::uint32_t segment) {
    if (active_ && segment == segments_.back().number) return active_.get();
    const auto open = std::ranges::find(readers_, segment, [](const auto& one) { return one.first; });
    if (open != readers_.end()) {
        auto taken = std::move(*open);
        readers_.erase(open);
        readers_.push_front(std::move(taken));
        return readers_.front().second.get();
    }
    auto file = disk_.open(file_of(segment));
    if (!file) return nullptr;
    readers_.emplace_front(segment, std::move(*file));
    if (readers_.size() > readers_max) readers_.pop_back();
    return readers_.front().second.get();
}

Result<> SegmentLog::drop_oldest() {
    const Segment gone = segments_.front();
    segments_.pop_front();
    bytes_ -= gone.bytes;
    ++stats_.segments_dropped;
    std::erase_if(readers_, [&](const auto& one) { return one.first == gone.number; });
    // The segment first: without it its index means nothing.
    const auto removed = disk_.remove(file_of(gone.number));
    (void)disk_.remove(index_of(gone.number));
    return removed;
}

std::vector<std::shared_ptr<DiskFile>> SegmentLog::unflushed() {
    auto files = std::exchange(unflushed_, {});
    if (active_) files.push_back(active_);
    return files;
}

}  // namespace prelabel::journal
