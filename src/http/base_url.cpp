#include "http/localhost.hpp"

#include <prelabel/http/base_url.hpp>

#include <algorithm>
#include <charconv>

namespace prelabel::http {
namespace {

Error wrong(std::string what) {
    return Error{Fault::config, "base_url " + std::move(what) + "; expected something like https://api.example.com/v1"};
}

bool is_visible(char c) { return c > ' ' && c < '\x7f'; }

bool is_host(std::string_view host) {
    return !host.empty() && std::ranges::all_of(host, [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '-' ||
               c == '_' || c == ':';
    });
}

/// Takes "host", "host:port" or "[v6]:port" apart.
Result<> read_authority(std::string_view authority, Endpoint& endpoint) {
    std::string_view port;
    bool has_port = false;
    if (authority.starts_with('[')) {
        const std::size_t close = authority.find(']');
        if (close == std::string_view::npos) return wrong("has '[' without ']' around its address");
        endpoint.host = authority.substr(1, close - 1);
        const std::string_view rest = authority.substr(close + 1);
        if (!rest.empty() && rest[0] != ':') return wrong("has something between ']' and the port");
        has_port = !rest.empty();
        port = has_port ? rest.substr(1) : rest;
    } else {
        const std::size_t colon = authority.find(':');
        endpoint.host = authority.substr(0, colon);
        has_port = colon != std::string_view::npos;
        port = has_port ? authority.substr(colon + 1) : std::string_view();
        if (endpoint.host.find(':') != std::string::npos) return wrong("has more than one port");
    }
    if (!is_host(endpoint.host)) return wrong("has no valid host");
    // Names are the same in any case; written one way, they are also compared one way.
    for (char& c : endpoint.host)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    if (!has_port) return {};
    const auto [end, error] = std::from_chars(port.data(), port.data() + port.size(), endpoint.port);
    if (error != std::errc() || end != port.data() + port.size() || endpoint.port == 0) {
        return wrong("has a port that is not a number from 1 to 65535");
    }
    return {};
}

std::string bracketed(const std::string& host) { return host.find(':') == std::string::npos ? host : '[' + host + ']'; }

}  // namespace

std::string Endpoint::display() const { return bracketed(host) + ':' + std::to_string(port); }

std::string Endpoint::authority() const { return port == (secure ? 443 : 80) ? bracketed(host) : display(); }

bool Endpoint::in_the_clear() const {
    const bool loopback_v4 = host.starts_with("127.") && host.find_first_not_of("0123456789.") == std::string::npos;
    const bool loopback = loopback_v4 || host == "::1" || is_localhost(host);
    return !secure && !loopback;
}

Result<BaseUrl> parse_base_url(std::string_view url) {
    if (!std::ranges::all_of(url, is_visible)) return wrong("holds white space or characters that a URL must encode");
    BaseUrl base;
    if (url.starts_with("https://")) {
        url.remove_prefix(8);
    } else if (url.starts_with("http://")) {
        url.remove_prefix(7);
        base.endpoint.secure = false;
        base.endpoint.port = 80;
    } else {
        return wrong("must start with https:// or http://");
    }
    const std::size_t slash = std::min(url.find_first_of("/?#"), url.size());
    const std::string_view authority = url.substr(0, slash);
    std::string_view path = url.substr(slash);
    if (authority.find('@') != std::string_view::npos) return wrong("holds a user name or password; use llm.api_key");
    if (path.find_first_of("?#") != std::string_view::npos) return wrong("holds a query or fragment");
    while (path.ends_with('/')) path.remove_suffix(1);
    base.path = path;
    if (auto read = read_authority(authority, base.endpoint); !read) return read.error();
    return base;
}

}  // namespace prelabel::http
