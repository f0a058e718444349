#include <prelabel/telemetry/watermark_ages.hpp>

#include <utility>

namespace prelabel::telemetry {

bool done_to_its_end(const kafka::PartitionStats& partition) {
    return partition.lag == 0 || (partition.position && partition.high && *partition.position >= *partition.high);
}

std::optional<std::int64_t> lag_of(const kafka::SourceStats& source) {
    std::optional<std::int64_t> records;
    for (const auto& partition : source.partitions) {
        // The end of one partition may be unknown while its leader is away: then so is the sum.
        if (!partition.lag) return std::nullopt;
        records = records.value_or(0) + *partition.lag;
    }
    return records;
}

void WatermarkAges::carry_on(TimePoint now, const kafka::SourceStats& source, std::map<Partition, Duration>& ages) {
    const auto before = std::exchange(written_, {});
    for (const auto& one : source.partitions) {
        const auto age = ages.find(one.partition);
        const auto seen = before.find(one.partition);
        if (age != ages.end()) {
            written_.emplace(one.partition, now - age->second);
        } else if (seen != before.end() && !done_to_its_end(one)) {
            written_.insert(*seen);
            ages.emplace(one.partition, now - seen->second);
        }
    }
}

}  // namespace prelabel::telemetry
