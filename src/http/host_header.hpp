#pragma once

#include <string_view>

#include <boost/asio/ip/address.hpp>

namespace prelabel::http {

/// True for 127.0.0.0/8 and ::1, also as an IPv4 address within IPv6.
[[nodiscard]] bool is_loopback(const boost::asio::ip::address& address);

/// Whether a Host header names this machine itself: localhost or a loopback address, with any port (a tunnel's
/// differs). A web page that has its own name resolved to 127.0.0.1 sends that name,
/// and may not read what is served there.
[[nodiscard]] bool names_loopback(std::string_view host);

}  // namespace prelabel::http
