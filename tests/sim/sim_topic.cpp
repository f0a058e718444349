#include "sim_topic.hpp"

#include "sim_document.hpp"

#include <prelabel/flow/done_map.hpp>

#include <algorithm>
#include <utility>

namespace prelabel::sim {

void SimTopic::add(const Partition& partition, Record record) {
    Log& log = logs_[partition];
    log.end += 1 + static_cast<Offset>(rng_.chance(0.1) ? rng_.below(5) : 0);  // gaps
    record.origin = {partition, log.end, ++last_serial_};
    log.records.push_back(std::move(record));
}

std::vector<Partition> SimTopic::partitions() const {
    std::vector<Partition> found;
    for (const auto& [partition, log] : logs_) found.push_back(partition);
    return found;
}

std::size_t SimTopic::records() const {
    std::size_t count = 0;
    for (const auto& [partition, log] : logs_) count += log.records.size();
    return count;
}

std::vector<std::size_t> SimTopic::unpublished() const {
    std::vector<std::size_t> found;
    for (const auto& [partition, log] : logs_) {
        for (const Record& record : log.records) {
            if (!published(record)) found.push_back(number_of(record));
        }
    }
    return found;
}

std::size_t SimTopic::copies(std::size_t document) const {
    std::size_t count = 0;
    for (const auto& [partition, log] : logs_)
        count += static_cast<std::size_t>(
            std::ranges::count_if(log.records, [&](const Record& record) { return number_of(record) == document; }));
    return count;
}

void SimTopic::commit(const pipeline::Progress& progress) {
    const auto& [partition, next, done_above] = progress;
    Log& log = logs_.at(partition);
    if (next < log.committed) violations_.emplace_back("a commit went back");
    check_published(log, log.committed, next);
    const auto map = flow::DoneMap::decode(done_above, next);
    if (!map && !done_above.empty()) violations_.emplace_back("a map was committed that nobody can read");
    for (const auto& run : map.value_or(flow::DoneMap{}).runs) check_published(log, run.first, run.end);
    log.committed = next;
    log.done_above = done_above;
    trace(static_cast<std::uint64_t>(next) << 8 | static_cast<std::uint64_t>(partition.number));
}

void SimTopic::check_published(const Log& log, Offset from, Offset to) {
    auto record = std::ranges::lower_bound(log.records, from, {}, [](const Record& r) { return r.origin.offset; });
    for (; record != log.records.end() && record->origin.offset < to; ++record) {
        if (!published(*record))
            violations_.push_back(record->origin.name() + " was committed before it was published");
    }
}

Offset SimTopic::reach_end(const Partition& partition) {
    Log& log = logs_.at(partition);
    if (log.end == log.records.back().origin.offset) log.end += partition.number % 3;
    return log.end + 1;
}

void SimTopic::truncate(const Partition& partition) {
    Log& log = logs_.at(partition);
    const std::vector<Record> old = std::exchange(log.records, {});
    log.committed = 0;
    log.done_above.clear();
    log.end = log.start = 0;
    ++log.epoch;
    for (const Record& record : old) {
        if (&record == &old.front() || rng_.chance(0.7)) add(partition, record);
    }
}

void SimTopic::cut(const Partition& partition) {
    Log& log = logs_.at(partition);
    const auto taken = static_cast<std::ptrdiff_t>(rng_.below(log.records.size()));
    log.records.erase(log.records.begin(), log.records.begin() + taken);
    if (taken > 0) log.start = log.records.front().origin.offset;
}

void SimTopic::publish(pipeline::Output output) {
    ++outputs_;
    ++published_[serial_of(output.origin)];
    trace(static_cast<std::uint64_t>(output.origin.offset) << 16 | static_cast<std::uint64_t>(output.kind));
    trace(std::hash<std::string>{}(output.value));
    if (on_publish) on_publish(output);
}

bool SimTopic::everything_published() const { return unpublished().empty(); }

bool SimTopic::everything_published_and_committed() const {
    const bool committed =
        std::ranges::all_of(logs_, [](const auto& entry) { return entry.second.committed == entry.second.end + 1; });
    return committed && everything_published();
}

}  // namespace prelabel::sim
