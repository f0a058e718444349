#include <prelabel/files/finished_records.hpp>

#include <iterator>

namespace prelabel::files {

void FinishedRecords::add(std::string_view topic, Offset offset) {
    auto found = ranges_.find(topic);
    if (found == ranges_.end()) found = ranges_.emplace(topic, Ranges()).first;
    auto& ranges = found->second;
    auto next = ranges.upper_bound(offset);
    auto range = ranges.end();
    if (next != ranges.begin()) {
        const auto before = std::prev(next);
        if (offset < before->second) return;
        if (offset == before->second) range = before;
    }
    if (range != ranges.end())
        range->second = offset + 1;
    else
        range = ranges.emplace_hint(next, offset, offset + 1);
    if (next == ranges.end() || next->first != range->second) return;
    range->second = next->second;
    ranges.erase(next);
}

bool FinishedRecords::contains(std::string_view topic, Offset offset) const {
    const auto found = ranges_.find(topic);
    if (found == ranges_.end()) return false;
    const auto next = found->second.upper_bound(offset);
    return next != found->second.begin() && offset < std::prev(next)->second;
}

std::size_t FinishedRecords::size() const {
    std::size_t total = 0;
    for (const auto& [topic, ranges] : ranges_)
        for (const auto& [first, last] : ranges) total += static_cast<std::size_t>(last - first);
    return total;
}

std::vector<std::string> FinishedRecords::topics() const {
    std::vector<std::string> topics;
    for (const auto& [topic, ranges] : ranges_) topics.push_back(topic);
    return topics;
}

}  // namespace prelabel::files
