#pragma once

#include "http/address_book.hpp"

namespace prelabel::http {

/// Whether making a connection failed for want of something of this machine: descriptors, memory, ports.
/// Without IPv6 every IPv6 address is "not available", so only an IPv4 one says that the ports are used up.
[[nodiscard]] inline bool is_local_limit(const boost::system::error_code& error, bool v4) {
    namespace errc = boost::system::errc;
    return error == errc::too_many_files_open || error == errc::too_many_files_open_in_system ||
           error == errc::no_buffer_space || error == errc::not_enough_memory ||
           (v4 && error == errc::address_not_available);
}

}  // namespace prelabel::http
