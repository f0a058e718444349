#pragma once

#include <cstdint>

namespace prelabel::journal {

/// What the journal counted since it was opened. Written on the loop, read on the loop: plain numbers.
struct Stats {
    std::uint64_t bytes = 0;  ///< of its files
    std::uint64_t bytes_max = 0;
    std::uint64_t answers = 0;  ///< that are found
    std::uint64_t index_bytes = 0;
    std::uint64_t written = 0;         ///< frames: answers, and that one is not to be given any more
    std::uint64_t not_kept = 0;        ///< answers that went on without it
    std::uint64_t write_failures = 0;  ///< attempts to write or flush
    std::uint64_t torn_tails = 0;      ///< writes that a crash had cut, removed when it was opened
    std::uint64_t damaged = 0;         ///< places that were no frame any more
    std::uint64_t segments_dropped = 0;
    bool failing = false;  ///< nothing is written until the next attempt
};

}  // namespace prelabel::journal
