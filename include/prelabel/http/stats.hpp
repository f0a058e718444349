#pragma once

#include <cstdint>

namespace prelabel::http {

/// What a client has done since it was made. Threads: confined to the loop.
struct Stats {
    std::uint64_t connections_opened = 0;
    std::uint64_t connections_failed = 0;   ///< resolving, connecting or TLS
    std::uint64_t connections_reused = 0;   ///< calls that found an idle connection
    std::uint64_t connections_spoiled = 0;  ///< closed because they carried a response that no request had asked for
    std::uint64_t resent = 0;               ///< calls sent again at once because an idle connection was dead or spoiled
    std::uint64_t bytes_sent = 0;           ///< before TLS
    std::uint64_t bytes_received = 0;
    std::uint64_t calls_not_sent = 0;
    std::uint64_t calls_sent_unknown = 0;  ///< sent without a response, also before a resend: perhaps paid for
    std::uint64_t calls_answered = 0;      ///< a response of any status
    std::uint64_t connections_busy = 0;    ///< now
    std::uint64_t connections_idle = 0;    ///< now
};

}  // namespace prelabel::http
