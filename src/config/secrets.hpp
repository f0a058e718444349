#pragma once

#include <prelabel/config/load.hpp>

#include <string>
#include <string_view>

namespace prelabel::config {

/// Keeps what a value holds that nobody may see: all of it where its name says so ("sasl.password"), else the passwords
/// and query values of an address, and what is assigned to such a name ("sasl.password=x").
void keep_secrets_of(std::string_view name, std::string_view text);

/// The environment, with every value that is looked up kept: texts show the variable instead. What stands at `name` is
/// a credential or not.
[[nodiscard]] Environment keeping_secrets(const Environment& environment, std::string_view name);

}  // namespace prelabel::config
