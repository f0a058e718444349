#pragma once

#include "config/field.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace prelabel::config {

/// Why a scalar is not what its shape wants.
struct Refusal {
    std::string what;  ///< empty: simply not of that shape
    std::string hint;
};

/// Reads a scalar's text as its shape wants it. `typed`: it was written without quotes, so it may be a number.
[[nodiscard]] std::variant<Value, Refusal> read_scalar(std::string_view text, bool typed, const Shape& shape);

}  // namespace prelabel::config
