#pragma once

#include <prelabel/base/result.hpp>

#include <cstdint>
#include <string>
#include <string_view>

namespace prelabel::http {

/// Where connections go.
struct Endpoint {
    bool secure = true;
    std::string host;  ///< a name or an IP address; IPv6 without brackets
    std::uint16_t port = 443;

    /// "host:port", for people.
    [[nodiscard]] std::string display() const;
    /// For the Host header: with the port only if it is not the scheme's default.
    [[nodiscard]] std::string authority() const;
    /// Unencrypted, and not to this machine: others on the way can read the data.
    [[nodiscard]] bool in_the_clear() const;
};

/// An endpoint and the prefix of every path there.
struct BaseUrl {
    Endpoint endpoint;
    std::string path;  ///< "" or "/v1": starts with a slash, ends without
};

/// Reads "https://api.example.com/v1".
/// Errors: Fault::config with the problem and the expected form; the URL itself is not repeated if it may hold a
///         password.
[[nodiscard]] Result<BaseUrl> parse_base_url(std::string_view url);

}  // namespace prelabel::http
