#pragma once

#include <prelabel/base/result.hpp>
#include <prelabel/base/secret.hpp>

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace prelabel::http {

struct Endpoint;

/// An HTTP proxy on the way to a server. Calls to https:// go through a tunnel (CONNECT). Calls to http:// are asked of
/// the proxy itself, by the whole address.
struct Proxy {
    std::string host;  ///< a name or an IP address; IPv6 without brackets
    std::uint16_t port = 80;
    Secret authorization;                ///< the value of Proxy-Authorization; empty: none
    std::string named_by = "llm.proxy";  ///< or the variable that holds it

    /// "the proxy host:port", for people.
    [[nodiscard]] std::string display() const;
};

/// Reads "http://user:password@proxy.example.com:3128"; the scheme may be missing, user and password may be
/// percent-encoded. `where` is what messages call it: a key or a variable.
/// Errors: Fault::config; never repeats the URL, which may hold a password.
[[nodiscard]] Result<Proxy> parse_proxy(std::string_view url, const std::string& where);

/// The proxy for calls to `endpoint`: `configured`, or, where that is empty, what the environment says: HTTPS_PROXY or
/// HTTP_PROXY by the scheme, else ALL_PROXY, in small or capital letters, and NO_PROXY. "none": no proxy.
/// This machine itself is never asked through one.
/// Errors: as parse_proxy().
[[nodiscard]] Result<std::optional<Proxy>> choose_proxy(
    const Endpoint& endpoint, const std::string& configured,
    const std::function<std::optional<std::string>(const std::string& name)>& environment);

/// Whether NO_PROXY's list names the server: "*", a host, a domain with or without a leading dot (its subdomains too),
/// "host:port", an address, or a network such as 10.0.0.0/8.
[[nodiscard]] bool is_in_no_proxy(const Endpoint& endpoint, std::string_view no_proxy);

}  // namespace prelabel::http
