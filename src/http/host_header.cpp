#include "http/host_header.hpp"

#include <prelabel/http/header_fields.hpp>

#include <string>

namespace prelabel::http {
namespace {

/// "host:port" and "[v6]:port" without port and brackets; "" when it is neither.
std::string_view host_of(std::string_view authority) {
    if (authority.starts_with('[')) {
        const std::size_t close = authority.find(']');
        if (close == std::string_view::npos) return {};
        const std::string_view rest = authority.substr(close + 1);
        return rest.empty() || rest.starts_with(':') ? authority.substr(1, close - 1) : std::string_view();
    }
    return authority.substr(0, authority.find(':'));
}

}  // namespace

bool is_loopback(const boost::asio::ip::address& address) {
    if (address.is_v6() && address.to_v6().is_v4_mapped())
        return boost::asio::ip::make_address_v4(boost::asio::ip::v4_mapped, address.to_v6()).is_loopback();
    return address.is_loopback();
}

bool names_loopback(std::string_view host) {
    const std::string_view name = host_of(host);
    if (same_name(name, "localhost")) return true;
    boost::system::error_code error;
    const auto address = boost::asio::ip::make_address(std::string(name), error);
    return !error && is_loopback(address);
}

}  // namespace prelabel::http
