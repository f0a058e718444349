#include <prelabel/base/expects.hpp>
#include <prelabel/flow/offset_tracker.hpp>

#include <algorithm>
#include <iterator>
#include <utility>

namespace prelabel::flow {
namespace {

void append(DoneMap& map, Offset first, Offset end) {
    if (first >= end) return;
    if (!map.runs.empty() && map.runs.back().end == first)
        map.runs.back().end = end;
    else
        map.runs.push_back({first, end});
}

}  // namespace

OffsetTracker::OffsetTracker(std::size_t window) : window_(window) { expects(window > 0, "a window holds a record"); }

OffsetTracker::OffsetTracker(std::size_t window, DoneMap before) : OffsetTracker(window) {
    with_map_ = true;
    before_ = std::move(before);
    for (std::size_t run = 0; run < before_.runs.size(); ++run) bytes_ += bytes_before(run);
}

Tracking OffsetTracker::track(Offset offset, std::int64_t timestamp_ms) {
    expects(!last_ || offset > *last_, "offsets of a partition increase");
    if (!last_ && offset < before_.next) {
        before_.runs.clear();
        bytes_ = 0;
    }
    const auto run = std::upper_bound(before_.runs.begin() + static_cast<std::ptrdiff_t>(upcoming_), before_.runs.end(),
                                      offset, [](Offset at, const DoneMap::Run& one) { return at < one.end; });
    const bool done = run != before_.runs.end() && run->first <= offset;
    if (!done && (entries_.size() == window_ || !fits(offset))) return Tracking::no_room;
    read_up_to(offset);
    last_ = offset;
    if (done) {
        pass(offset);
        return Tracking::already_done;
    }
    if (!entries_.empty()) {
        const std::size_t distance = DoneMap::bytes_of(offset - entries_.back().offset);
        entries_.back().bytes += distance;
        bytes_ += distance;
    }
    entries_.push_back({offset, offset + 1, offset + 1, 0, timestamp_ms, false});
    ++unfinished_;
    return Tracking::tracked;
}

std::size_t OffsetTracker::done_before(Offset first, Offset end) const {
    Offset done = 0;
    for (const auto& run : before_.runs)
        done += std::max<Offset>(0, std::min(end, run.end) - std::max(first, run.first));
    return static_cast<std::size_t>(done);
}

/// Runs of any later map begin and end only at the first offset of an entry or of a run of before_, at the end of a run
/// of before_, and after the last entry. The numbers of its body are sums of distances between these, and a sum takes
/// no more bytes than what is summed. A new entry divides one distance,
/// of which the upper part takes no more than the whole did.
bool OffsetTracker::fits(Offset offset) const {
    if (!with_map_ || entries_.empty()) return true;  // the oldest is where a map begins
    const Offset end = before_.runs.empty() ? offset + 1 : std::max(offset + 1, before_.runs.back().end);
    const Offset span = end - entries_.front().offset;
    if (span <= DoneMap::dense_span_max) return true;
    const std::size_t added = DoneMap::bytes_of(offset - entries_.back().offset) + DoneMap::bytes_of(1);
    return span <= DoneMap::span_max && bytes_ + added <= DoneMap::body_bytes_max;
}

std::size_t OffsetTracker::bytes_before(std::size_t run) const {
    const Offset skipped_from = run == 0 ? before_.next : before_.runs[run - 1].end;
    const auto [first, end] = before_.runs[run];
    return DoneMap::bytes_of(first - skipped_from) + DoneMap::bytes_of(end - first);
}

/// The bytes of runs below `offset` are released with the entry before them.
void OffsetTracker::read_up_to(Offset offset) {
    for (; upcoming_ < before_.runs.size() && before_.runs[upcoming_].end <= offset; ++upcoming_) {
        if (entries_.empty())
            bytes_ -= bytes_before(upcoming_);
        else
            entries_.back().bytes += bytes_before(upcoming_);
    }
}

/// The record is in the upcoming run.
void OffsetTracker::pass(Offset offset) {
    if (entries_.empty()) {
        committable_ = offset + 1;
        return;
    }
    Entry& entry = entries_.back();
    if (entry.done_from == entry.end) entry.done_from = before_.runs[upcoming_].first;
    entry.end = offset + 1;
}

void OffsetTracker::read_to_end(Offset end) {
    if (end <= last_.value_or(before_.next - 1)) return;
    end_ = end;
    pass_end();
}

/// While a record is unfinished the map would have to hold the gap before the end, for which it has no room.
void OffsetTracker::pass_end() {
    if (!entries_.empty() || !end_ || *end_ <= committable_.value_or(before_.next)) return;
    read_up_to(*end_);
    const bool inside = upcoming_ < before_.runs.size() && before_.runs[upcoming_].first < *end_;
    if (!inside) committable_ = *end_;
}

std::size_t OffsetTracker::finish(Offset offset) {
    const auto entry = std::ranges::lower_bound(entries_, offset, {}, &Entry::offset);
    expects(entry != entries_.end() && entry->offset == offset, "only a tracked record finishes");
    expects(!entry->finished, "a record finishes once");
    entry->finished = true;
    --unfinished_;
    std::size_t left = 0;
    while (!entries_.empty() && entries_.front().finished) {
        committable_ = entries_.front().end;
        bytes_ -= entries_.front().bytes;
        entries_.pop_front();
        ++left;
    }
    pass_end();
    return left;
}

std::optional<std::int64_t> OffsetTracker::oldest_timestamp_ms() const {
    if (entries_.empty() || entries_.front().timestamp_ms < 0) return std::nullopt;
    return entries_.front().timestamp_ms;
}

std::optional<DoneMap> OffsetTracker::done_above() const {
    DoneMap map{entries_.empty() ? committable_.value_or(before_.next) : entries_.front().offset, {}};
    for (auto entry = entries_.begin(); entry != entries_.end(); ++entry) {
        const auto following = std::next(entry);
        const Offset from = entry->finished ? entry->offset : entry->done_from;
        if (from < entry->end) append(map, from, following == entries_.end() ? entry->end : following->offset);
    }
    for (std::size_t run = upcoming_; run < before_.runs.size(); ++run)
        append(map, last_ ? std::max(before_.runs[run].first, *last_ + 1) : before_.runs[run].first,
               before_.runs[run].end);
    if (!committable_ && map.runs.empty()) return std::nullopt;
    return map;
}

}  // namespace prelabel::flow
