#include "http/authority.hpp"

#include <prelabel/base/ascii.hpp>

#include <algorithm>
#include <charconv>

namespace prelabel::http {
namespace {

bool is_host(std::string_view host) {
    return !host.empty() && std::ranges::all_of(host, [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '-' ||
               c == '_' || c == ':';
    });
}

}  // namespace

std::string read_authority(std::string_view authority, std::string& host, std::uint16_t& port_number) {
    std::string_view port;
    bool has_port = false;
    if (authority.starts_with('[')) {
        const std::size_t close = authority.find(']');
        if (close == std::string_view::npos) return "has '[' without ']' around its address";
        host = authority.substr(1, close - 1);
        const std::string_view rest = authority.substr(close + 1);
        if (!rest.empty() && rest[0] != ':') return "has something between ']' and the port";
        has_port = !rest.empty();
        port = has_port ? rest.substr(1) : rest;
    } else {
        const std::size_t colon = authority.find(':');
        host = authority.substr(0, colon);
        has_port = colon != std::string_view::npos;
        port = has_port ? authority.substr(colon + 1) : std::string_view();
        if (port.find(':') != std::string_view::npos) return "has more than one port";
    }
    if (!is_host(host)) return "has no valid host";
    // Names are the same in any case; written one way, they are also compared one way.
    host = lowered(host);
    if (!has_port) return {};
    const auto [end, error] = std::from_chars(port.data(), port.data() + port.size(), port_number);
    if (error != std::errc() || end != port.data() + port.size() || port_number == 0)
        return "has a port that is not a number from 1 to 65535";
    return {};
}

std::string bracketed(const std::string& host) { return host.find(':') == std::string::npos ? host : '[' + host + ']'; }

}  // namespace prelabel::http
