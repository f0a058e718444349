#pragma once

#include <prelabel/base/time.hpp>

#include <cstddef>
#include <string>

namespace prelabel::http {

/// Connection settings of calls. Bound: a response beyond a limit ends its call as malformed_reply.
struct Settings {
    Duration connect_timeout = std::chrono::seconds(5);  ///< resolve, connect and TLS handshake together
    Duration idle_timeout = std::chrono::seconds(30);    ///< no byte for this long in the middle of a response
    Duration keep_alive = std::chrono::seconds(50);      ///< an idle connection older than this is not reused
    std::size_t header_bytes_max = 64U << 10;
    std::size_t body_bytes_max = 8U << 20;
    std::string ca_file;  ///< PEM; empty: the system's
};

}  // namespace prelabel::http
