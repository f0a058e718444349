#include "http/authority.hpp"

#include <prelabel/base/ascii.hpp>
#include <prelabel/base/base64.hpp>
#include <prelabel/base/redaction.hpp>
#include <prelabel/http/base_url.hpp>
#include <prelabel/http/proxy.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include <boost/asio/ip/address.hpp>
#include <boost/asio/ip/network_v4.hpp>
#include <boost/asio/ip/network_v6.hpp>

namespace prelabel::http {
namespace {

using boost::system::error_code;
namespace ip = boost::asio::ip;

/// None for a '%' without two hexadecimal digits.
std::optional<std::string> percent_decoded(std::string_view text) {
    std::string out;
    for (std::size_t at = 0; at < text.size(); ++at) {
        if (text[at] != '%') {
            out += text[at];
            continue;
        }
        unsigned code = 0;
        const std::string_view digits = text.substr(at + 1, 2);
        const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), code, 16);
        if (digits.size() != 2 || error != std::errc() || end != digits.data() + 2) return std::nullopt;
        out += static_cast<char>(code);
        at += 2;
    }
    return out;
}

/// Source: RFC 7617, section 2.
Secret basic(const std::string& user, const std::string& password) {
    const std::string credentials = to_padded_base64(user + ':' + password);
    if (!password.empty()) keep_secret(password);
    keep_secret(credentials);
    return Secret("Basic " + credentials);
}

bool in_network(const ip::address& address, const std::string& network) {
    error_code error;
    if (address.is_v4()) {
        const auto whole = ip::make_network_v4(network, error);
        return !error && ip::network_v4(address.to_v4(), whole.prefix_length()).canonical() == whole.canonical();
    }
    const auto whole = ip::make_network_v6(network, error);
    return !error && ip::network_v6(address.to_v6(), whole.prefix_length()).canonical() == whole.canonical();
}

bool names(std::string_view entry, const Endpoint& endpoint) {
    if (entry == "*") return true;
    error_code not_an_address;
    const auto address = ip::make_address(endpoint.host, not_an_address);
    if (!not_an_address && entry.find('/') != std::string_view::npos) return in_network(address, std::string(entry));
    if (entry.starts_with("*.")) entry.remove_prefix(1);
    if (entry.starts_with('.')) entry.remove_prefix(1);
    std::string host;
    std::uint16_t port = endpoint.port;
    error_code error;
    if (const auto v6 = ip::make_address(std::string(entry), error); !error && v6.is_v6()) {
        host = v6.to_string();  // without brackets, as many write it
    } else if (!read_authority(entry, host, port).empty()) {
        return false;
    }
    if (port != endpoint.port) return false;
    if (!not_an_address) {
        const auto named = ip::make_address(host, error);
        return !error && named == address;
    }
    return endpoint.host == host || endpoint.host.ends_with('.' + host);
}

struct Found {
    std::string name;
    std::string value;
};

std::optional<Found> first_of(std::initializer_list<const char*> variables,
                              const std::function<std::optional<std::string>(const std::string&)>& environment) {
    for (const std::string name : variables) {
        auto value = environment(name);
        if (value && !value->empty()) return Found{name, std::move(*value)};
    }
    return std::nullopt;
}

}  // namespace

std::string Proxy::display() const { return "the proxy " + bracketed(host) + ':' + std::to_string(port); }

Result<Proxy> parse_proxy(std::string_view url, const std::string& where) {
    const auto wrong = [&](const std::string& what) {
        return Error{Fault::config, where + ": " + what + "; expected something like http://proxy.example.com:3128"};
    };
    if (!std::ranges::all_of(url, [](char c) { return c > ' ' && c < '\x7f'; }))
        return wrong("holds white space or characters that a URL must encode");
    if (const std::size_t scheme = url.find("://"); scheme != std::string_view::npos) {
        if (lowered(url.substr(0, scheme)) != "http")
            return wrong("names a " + std::string(url.substr(0, scheme)) + ":// proxy; only http:// is supported");
        url.remove_prefix(scheme + 3);
    }
    if (url.ends_with('/')) url.remove_suffix(1);
    Proxy proxy;
    proxy.named_by = where;
    if (const std::size_t at = url.rfind('@'); at != std::string_view::npos) {
        const std::string_view credentials = url.substr(0, at);
        const std::size_t colon = std::min(credentials.find(':'), credentials.size());
        const auto user = percent_decoded(credentials.substr(0, colon));
        const auto password = percent_decoded(credentials.substr(std::min(colon + 1, credentials.size())));
        if (!user || !password) return wrong("holds a '%' that is not followed by two hexadecimal digits (write %25)");
        proxy.authorization = basic(*user, *password);
        url.remove_prefix(at + 1);
    }
    if (url.find_first_of("/?#") != std::string_view::npos) return wrong("has a path");
    if (const auto problem = read_authority(url, proxy.host, proxy.port); !problem.empty()) return wrong(problem);
    return proxy;
}

Result<std::optional<Proxy>> choose_proxy(
    const Endpoint& endpoint, const std::string& configured,
    const std::function<std::optional<std::string>(const std::string&)>& environment) {
    std::optional<Proxy> none;
    if (configured == "none" || endpoint.on_this_machine()) return none;
    std::optional<Found> found;
    if (!configured.empty()) {
        found = Found{"llm.proxy", configured};
    } else {
        found = endpoint.secure ? first_of({"https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"}, environment)
                                : first_of({"http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"}, environment);
        if (!found) return none;
        const auto not_for = first_of({"no_proxy", "NO_PROXY"}, environment);
        if (not_for && is_in_no_proxy(endpoint, not_for->value)) return none;
    }
    auto proxy = parse_proxy(found->value, found->name);
    if (!proxy) return proxy.error();
    return std::optional<Proxy>(std::move(*proxy));
}

bool is_in_no_proxy(const Endpoint& endpoint, std::string_view no_proxy) {
    const std::string list = lowered(no_proxy);
    for (std::size_t at = 0; at < list.size();) {
        const std::size_t end = std::min(list.find_first_of(", \t", at), list.size());
        if (end > at && names(std::string_view(list).substr(at, end - at), endpoint)) return true;
        at = end + 1;
    }
    return false;
}

}  // namespace prelabel::http
