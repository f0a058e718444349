#include "config/secrets.hpp"

#include <prelabel/base/ascii.hpp>
#include <prelabel/base/redaction.hpp>

#include <algorithm>
#include <array>
#include <string>

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

/// Names that people give to variables with secrets, beside those of names_a_secret().
bool sounds_secret(std::string_view variable) {
    const std::string name = lowered(variable);
    constexpr std::array<std::string_view, 7> words{"pass", "pwd", "auth", "private", "cookie", "jwt", "sasl"};
    return names_a_secret(name) ||
           std::ranges::any_of(words, [&](auto word) { return name.find(word) != std::string::npos; });
}

/// A word that no person thought of: letters and digits in turns, or very long.
bool looks_made(std::string_view word) {
    constexpr std::size_t least = 8;
    constexpr std::size_t longest_written = 32;
    std::size_t turns = 0;
    for (std::size_t i = 1; i < word.size(); ++i) turns += is_digit(word[i]) != is_digit(word[i - 1]);
    return word.size() >= longest_written || (word.size() >= least && turns >= 2);
}

/// Where a value has such a word, the word as a credential, and the value as a whole: the rest of it, as the other
/// hosts of a list, may be seen by itself.
void keep_what_looks_made(std::string_view value, std::string_view shown_as) {
    bool found = false;
    for (std::size_t at = 0; at < value.size();) {
        std::size_t end = at;
        while (end < value.size() && (is_letter(value[end]) || is_digit(value[end]))) ++end;
        if (looks_made(value.substr(at, end - at))) {
            keep_secret(value.substr(at, end - at), shown_as);
            found = true;
        }
        at = end + 1;
    }
    if (found) keep_secret(value, shown_as, Secrecy::value);
}

}  // namespace

void keep_secrets_of(std::string_view name, std::string_view text) {
    if (names_a_secret(name)) return keep_secret(text);
    keep_those_of_an_address(text);
    keep_those_assigned(text);
}

Environment keeping_secrets(const Environment& environment, std::string_view name, bool in_secret_field) {
    return [&environment, is_credential = names_a_secret(name), in_secret_field](const std::string& variable) {
        auto value = environment(variable);
        if (!value) return value;
        const std::string shown = "${" + variable + "}";
        if (is_credential || sounds_secret(variable)) {
            keep_secret(*value, shown);
        } else if (in_secret_field) {
            keep_secret(*value, shown, Secrecy::value);
        } else {
            keep_what_looks_made(*value, shown);
        }
        return value;
    };
}

}  // namespace prelabel::config
