#include <prelabel/base/expects.hpp>
#include <prelabel/flow/offset_tracker.hpp>

#include <algorithm>

namespace prelabel::flow {

OffsetTracker::OffsetTracker(std::size_t window) : window_(window) { expects(window > 0, "a window holds a record"); }

bool OffsetTracker::track(Offset offset) {
    expects(!last_ || offset > *last_, "offsets of a partition increase");
    if (entries_.size() == window_) return false;
    entries_.push_back({offset, false});
    last_ = offset;
    ++unfinished_;
    return true;
}

std::size_t OffsetTracker::finish(Offset offset) {
    const auto entry = std::ranges::lower_bound(entries_, offset, {}, &Entry::offset);
    expects(entry != entries_.end() && entry->offset == offset, "only a tracked record finishes");
    expects(!entry->finished, "a record finishes once");
    entry->finished = true;
    --unfinished_;
    std::size_t left = 0;
    while (!entries_.empty() && entries_.front().finished) {
        committable_ = entries_.front().offset + 1;
        entries_.pop_front();
        ++left;
    }
    return left;
}

}  // namespace prelabel::flow
