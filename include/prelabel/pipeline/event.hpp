#pragma once

#include <prelabel/base/record.hpp>
#include <prelabel/pipeline/dead_letter.hpp>

#include <cstdint>
#include <functional>
#include <string>
#include <variant>
#include <vector>

namespace prelabel::pipeline {

/// Who ends a pause.
enum class PauseCause {
    outage,  ///< time: the endpoint answers nobody
    person,  ///< whoever owns the key, the account or the configuration
};

/// Calls have stopped until a person mends something, or the provider is back.
struct Paused {
    PauseCause cause;
    std::string reason;
    std::string said = {};  ///< here and below: the provider's own words about it, if there are any
};
struct Resumed {};

struct DocumentDeadLettered {
    Origin origin;
    DeadLetterClass reason;
    std::string message;
    std::string said = {};
};

struct PartitionsAssigned {
    std::vector<Partition> partitions;
};
struct PartitionsRevoked {
    std::vector<Partition> partitions;
    bool lost = false;
    std::size_t abandoned = 0;  ///< documents that were still in flight when the drain ran out of time
};

/// The topic no longer has these: nobody labels them.
struct RecordsLost {
    Partition partition;
    Offset from = 0;
    Offset to = 0;              ///< where reading goes on
    std::uint64_t records = 0;  ///< between them, but for those that are known to be done
};

/// Something outside failed and is tried again.
struct Trouble {
    std::string message;
    std::string said = {};
};

/// Something about the provider that nobody configured and that changes how fast calls go. Said once.
struct Learned {
    std::string message;
    std::string said = {};
};

/// The next call could cost more than may be spent: the worker ends.
struct SpentUp {};

/// What an operator wants to read in the log. No secrets, and no document text but in `said`, where a provider may
/// quote it: only a log that was told to shows that.
using Event = std::variant<Paused, Resumed, DocumentDeadLettered, PartitionsAssigned, PartitionsRevoked, RecordsLost,
                           Trouble, Learned, SpentUp>;
using EventListener = std::function<void(const Event&)>;

}  // namespace prelabel::pipeline
