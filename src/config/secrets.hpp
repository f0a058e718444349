#pragma once

#include <prelabel/config/load.hpp>

#include <string>
#include <string_view>

namespace prelabel::config {

/// Keeps what a value holds that nobody may see: all of it where its name says so ("sasl.password"), else the passwords
/// and query values of an address, and what is assigned to such a name ("sasl.password=x").
void keep_secrets_of(std::string_view name, std::string_view text);

/// The environment, with those values that are looked up kept that are secrets, or may be: texts show the variable
/// instead. They stand at a `name` of a credential or in a secret field, the variable's name says so (`API_KEY`), or
/// the value looks as if a machine made it (`7c0f95d2e1`). All others may be seen: a wrong topic has to be.
[[nodiscard]] Environment keeping_secrets(const Environment& environment, std::string_view name,
                                          bool in_secret_field = false);

}  // namespace prelabel::config
