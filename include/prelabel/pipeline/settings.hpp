#pragma once

#include <prelabel/base/time.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>

namespace prelabel::pipeline {

/// What the provider allows. Zero requests or tokens per minute: not limited.
struct Limits {
    std::uint64_t requests_per_minute = 0;
    std::uint64_t tokens_per_minute = 0;
    std::size_t max_in_flight = 512;
};

/// How long one document's calls are tried. Bound: whichever is reached first.
struct Retry {
    std::uint32_t max_attempts = 6;                ///< calls that failed while others' calls worked
    Duration deadline = std::chrono::minutes(10);  ///< in its own calls and waits; not in queues, holds and pauses
    std::uint32_t max_reasks = 2;                  ///< further calls after an answer that could not be used
};

/// When a run gives up instead of waiting for the model. A service never does; a command that a person waits for does.
struct GiveUp {
    bool when_a_person_is_needed = false;
    std::optional<Duration> after_an_outage_of;
};

/// What the end of a worker or of an assignment may take after the drain: outputs under way, the last commit, leaving
/// the group. A commit at any time may take as long.
inline constexpr Duration closing_time = std::chrono::seconds(4);

/// How much is held at once and how it ends.
struct Settings {
    Limits limits;
    Retry retry;
    GiveUp give_up;
    Duration call_timeout = std::chrono::seconds(120);
    std::optional<double> cost_max_usd;  ///< of all calls of a worker; its endpoint has a price
    /// Until the first answer, and for at most so long, the first call has no company: a model refuses what it does not
    /// take within this time, or it is at work on an answer.
    Duration first_call_alone = std::chrono::seconds(2);
    std::size_t window_per_partition = 4'096;      ///< records read beyond the oldest unfinished one
    std::size_t documents_in_memory_max = 8'192;   ///< over all partitions
    std::size_t bytes_in_memory_max = 256U << 20;  ///< of input records: value, key and headers
    std::size_t document_bytes_max = 4U << 20;     ///< larger text is dead-lettered as too_large
    Duration commit_interval = std::chrono::seconds(1);
    Duration drain_timeout =
        std::chrono::seconds(25);  ///< how long a rebalance or SIGTERM waits for documents in flight
};

}  // namespace prelabel::pipeline
