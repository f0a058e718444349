#pragma once

#include <prelabel/config/load.hpp>

#include <string>
#include <string_view>
#include <variant>

namespace prelabel::config {

/// Why a text could not be expanded; names variables, never shows values.
struct ExpansionFailure {
    std::string what;
    std::string hint;
};

/// Letters, digits and `_`, no digit first: what a shell lets a variable be called.
[[nodiscard]] bool is_variable_name(std::string_view text);

/// Replaces `${NAME}` and `${NAME:-default}` (used when NAME is unset or empty) by the environment's values, `$$` by
/// `$`. What a variable holds is not expanded again.
[[nodiscard]] std::variant<std::string, ExpansionFailure> expand(std::string_view text, const Environment& environment);

}  // namespace prelabel::config
