#include "http/authority.hpp"
#include "http/localhost.hpp"

#include <prelabel/http/base_url.hpp>

#include <algorithm>

namespace prelabel::http {
namespace {

Error wrong(std::string what) {
    return Error{Fault::config, "base_url " + std::move(what) + "; expected something like https://api.example.com/v1"};
}

bool is_visible(char c) { return c > ' ' && c < '\x7f'; }

}  // namespace

std::string Endpoint::display() const { return bracketed(host) + ':' + std::to_string(port); }

std::string Endpoint::authority() const { return port == (secure ? 443 : 80) ? bracketed(host) : display(); }

bool Endpoint::on_this_machine() const {
    const bool loopback_v4 = host.starts_with("127.") && host.find_first_not_of("0123456789.") == std::string::npos;
    return loopback_v4 || host == "::1" || is_localhost(host);
}

bool Endpoint::in_the_clear() const { return !secure && !on_this_machine(); }

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
    if (auto problem = read_authority(authority, base.endpoint.host, base.endpoint.port); !problem.empty())
        return wrong(std::move(problem));
    return base;
}

}  // namespace prelabel::http
