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

/// Replaces `${NAME}` and `${NAME:-default}` (used when NAME is unset or empty) by the environment's values, `$$` by
/// `$`. What a variable holds is not expanded again.
[[nodiscard]] std::variant<std::string, ExpansionFailure> expand(std::string_view text, const Environment& environment);

}  // namespace prelabel::config
