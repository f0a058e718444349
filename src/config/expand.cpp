#include "config/expand.hpp"

#include <algorithm>
#include <cctype>

namespace prelabel::config {

bool is_variable_name(std::string_view text) {
    const auto word = [](char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; };
    return !text.empty() && std::isdigit(static_cast<unsigned char>(text.front())) == 0 &&
           std::ranges::all_of(text, word);
}

std::variant<std::string, ExpansionFailure> expand(std::string_view text, const Environment& environment) {
    std::string out;
    for (std::size_t at = 0; at < text.size();) {
        const auto dollar = text.find('$', at);
        out += text.substr(at, dollar - at);
        if (dollar == std::string_view::npos) break;
        const char next = dollar + 1 < text.size() ? text[dollar + 1] : '\0';
        if (next != '{') {
            out += '$';
            at = dollar + (next == '$' ? 2 : 1);
            continue;
        }
        const auto close = text.find('}', dollar);
        if (close == std::string_view::npos)
            return ExpansionFailure{"`${` without `}`", "close it, or write `$${` for a literal `${`"};
        std::string_view inner = text.substr(dollar + 2, close - dollar - 2);
        const auto separator = inner.find(":-");
        const std::string name(inner.substr(0, separator));
        if (!is_variable_name(name))
            return ExpansionFailure{"`${…}` does not name an environment variable",
                                    "write ${NAME} or ${NAME:-default}, or `$${` for a literal `${`"};
        const auto value = environment(name);
        if (value && (!value->empty() || separator == std::string_view::npos)) {
            out += *value;
        } else if (separator != std::string_view::npos) {
            out += inner.substr(separator + 2);
        } else {
            return ExpansionFailure{"the environment variable " + name + " is not set",
                                    "set it, or give a default: ${" + name + ":-default}"};
        }
        at = close + 1;
    }
    return out;
}

}  // namespace prelabel::config
