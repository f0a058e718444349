#include "config/secrets.hpp"

#include <prelabel/base/redaction.hpp>

#include <algorithm>

namespace prelabel::config {
namespace {

/// `https://user:PASSWORD@host/path?name=VALUE`.
void keep_those_of_an_address(std::string_view text) {
    const auto scheme = text.find("://");
    if (scheme == std::string_view::npos) return;
    text.remove_prefix(scheme + 3);
    const auto authority = text.substr(0, text.find_first_of("/?# "));
    if (const auto at = authority.rfind('@'); at != std::string_view::npos) {
        keep_secret(authority.substr(0, at));
        if (const auto colon = authority.find(':'); colon < at)
            keep_secret(authority.substr(colon + 1, at - colon - 1));
    }
    const auto query = text.find('?');
    if (query == std::string_view::npos) return;
    text.remove_prefix(query + 1);
    while (!text.empty()) {
        const auto pair = text.substr(0, text.find_first_of("&#"));
        if (const auto equals = pair.find('='); equals != std::string_view::npos) keep_secret(pair.substr(equals + 1));
        text.remove_prefix(std::min(text.size(), pair.size() + 1));
    }
}

/// `sasl.username=me,sasl.password=x`: a mapping written as a text.
void keep_those_assigned(std::string_view text) {
    constexpr std::string_view separators = ",; \n";
    for (auto equals = text.find('='); equals != std::string_view::npos; equals = text.find('=', equals + 1)) {
        const auto before = text.substr(0, equals);
        const auto name = before.substr(before.find_last_of(separators) + 1);
        if (!names_a_secret(name)) continue;
        const auto value = text.substr(equals + 1);
        keep_secret(value.substr(0, value.find_first_of(separators)));
    }
}

}  // namespace

void keep_secrets_of(std::string_view name, std::string_view text) {
    if (names_a_secret(name)) return keep_secret(text);
    keep_those_of_an_address(text);
    keep_those_assigned(text);
}

Environment keeping_secrets(const Environment& environment, std::string_view name) {
    const auto secrecy = names_a_secret(name) ? Secrecy::credential : Secrecy::value;
    return [&environment, secrecy](const std::string& variable) {
        auto value = environment(variable);
        if (value) keep_secret(*value, "${" + variable + "}", secrecy);
        return value;
    };
}

}  // namespace prelabel::config
