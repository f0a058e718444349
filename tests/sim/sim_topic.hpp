#pragma once

#include <prelabel/base/record.hpp>
#include <prelabel/base/rng.hpp>
#include <prelabel/pipeline/outbox.hpp>

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace prelabel::sim {

/// The input topic with the group's positions, and everything that was published.
///
/// A record's serial number stands in `origin.timestamp_ms`: offsets repeat once a partition is truncated.
/// Checks, at the moment it would be broken: what is committed was published, also what a map says is done.
class SimTopic {
public:
    explicit SimTopic(Rng rng) : rng_(rng) {}

    void add(const Partition& partition, Record record);
    [[nodiscard]] const std::vector<Record>& log(const Partition& partition) const {
        return logs_.at(partition).records;
    }
    [[nodiscard]] std::vector<Partition> partitions() const;
    [[nodiscard]] std::size_t records() const;
    /// Documents of which a record has no output yet.
    [[nodiscard]] std::vector<std::size_t> unpublished() const;
    /// How many records hold this document.
    [[nodiscard]] std::size_t copies(std::size_t document) const;

    /// Where a consumer starts.
    [[nodiscard]] Offset position(const Partition& partition) const { return logs_.at(partition).committed; }
    /// The map that was committed with it.
    [[nodiscard]] const std::string& done_above(const Partition& partition) const {
        return logs_.at(partition).done_above;
    }
    /// Counts how often the partition was truncated: a commit from before says nothing.
    [[nodiscard]] int epoch(const Partition& partition) const { return logs_.at(partition).epoch; }
    void commit(const pipeline::Progress& progress);
    /// Where the next record is going to be, after the markers that a transaction leaves behind the last one.
    Offset reach_end(const Partition& partition);
    /// Begins the partition again with lower offsets and some of its documents.
    void truncate(const Partition& partition);
    /// Retention takes the oldest records of the partition, read or not; at least the last one stays.
    void cut(const Partition& partition);
    /// The oldest offset that there may be.
    [[nodiscard]] Offset start(const Partition& partition) const { return logs_.at(partition).start; }

    void publish(pipeline::Output output);
    /// Called for every output, by whoever judges it.
    std::function<void(const pipeline::Output&)> on_publish;

    [[nodiscard]] bool everything_published_and_committed() const;
    [[nodiscard]] bool everything_published() const;
    [[nodiscard]] bool published(const Record& record) const { return published_.contains(serial_of(record.origin)); }
    [[nodiscard]] std::size_t outputs() const { return outputs_; }
    [[nodiscard]] std::size_t published_again() const { return outputs_ - published_.size(); }
    [[nodiscard]] const std::vector<std::string>& violations() const { return violations_; }
    [[nodiscard]] std::uint64_t trace() const { return trace_; }
    void trace(std::uint64_t value) { trace_ = (trace_ ^ value) * 0x100000001B3ULL; }

private:
    struct Log {
        std::vector<Record> records;
        Offset committed = 0;
        std::string done_above;
        int epoch = 0;
        Offset end = 0;
        Offset start = 0;
    };
    void check_published(const Log& log, Offset from, Offset to);
    [[nodiscard]] static std::int64_t serial_of(const Origin& origin) { return origin.timestamp_ms; }

    Rng rng_;
    std::map<Partition, Log> logs_;
    std::int64_t last_serial_ = 0;
    std::map<std::int64_t, std::size_t> published_;  // by serial
    std::size_t outputs_ = 0;
    std::vector<std::string> violations_;
    std::uint64_t trace_ = 0xCBF29CE484222325ULL;
};

}  // namespace prelabel::sim
