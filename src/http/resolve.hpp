#pragma once

#include "http/connection.hpp"

#include <prelabel/base/time.hpp>
#include <prelabel/pipeline/task.hpp>

#include <cstdint>
#include <string>
#include <vector>

#include <boost/asio/ip/tcp.hpp>

namespace prelabel::http {

struct Resolved {
    std::vector<boost::asio::ip::tcp::endpoint> endpoints;
    boost::system::error_code error;  ///< timed_out: the resolver did not answer by the deadline
};

/// Addresses of a host, in the system's order. An IP address is its own.
/// The system's resolver cannot be interrupted: past the deadline, or when calls are aborted, it is left to
/// itself, and its answer is dropped. The context outlives the task.
[[nodiscard]] pipeline::Task<Resolved> resolve(ConnectionContext* context, std::string host, std::uint16_t port,
                                               TimePoint deadline);

}  // namespace prelabel::http
