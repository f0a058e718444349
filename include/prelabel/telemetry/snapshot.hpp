#pragma once

#include <prelabel/base/record.hpp>
#include <prelabel/base/time.hpp>
#include <prelabel/http/stats.hpp>
#include <prelabel/journal/stats.hpp>
#include <prelabel/kafka/stats.hpp>
#include <prelabel/pipeline/stats.hpp>
#include <prelabel/telemetry/log.hpp>
#include <prelabel/telemetry/process_stats.hpp>
#include <prelabel/telemetry/rates.hpp>

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace prelabel::telemetry {

class History;
class LatestDocuments;

/// All values for a scrape, gathered on the loop when the scrape arrives. A part that is null does not exist in this
/// process: its metrics are left out.
/// Lifetime: the parts outlive the call that gets them.
struct Snapshot {
    std::string version;
    std::string task_name;
    std::string task_version;
    std::string group;  ///< of consumers
    const pipeline::Stats* pipeline = nullptr;
    const http::Stats* http = nullptr;
    const journal::Stats* journal = nullptr;
    const kafka::SourceStats* source = nullptr;
    const kafka::SinkStats* sink = nullptr;
    std::map<Partition, Duration> watermark_ages;  ///< of partitions that have a document without an outcome
    bool priced = true;                            ///< what tokens cost is configured
    const LatestDocuments* documents = nullptr;    ///< only where they may be shown
    const History* history = nullptr;
    std::optional<double> input_done;        ///< of files: the share that is over
    std::uint64_t key_files_failing = 0;     ///< that cannot be used now
    LastMinute last_minute;                  ///< from Rates
    std::optional<double> loop_lag_seconds;  ///< how late the loop's last timer fired
    ProcessStats process;
    std::vector<LoggedTrouble> troubles;
};

}  // namespace prelabel::telemetry
