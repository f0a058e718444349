#pragma once

#include <prelabel/base/time.hpp>

#include <optional>
#include <string_view>

namespace prelabel::config {

/// A duration as the configuration writes it (250ms, 5s, 10m, 1h, 30d), also outside of it; 0 needs no unit.
/// None for anything else, and for what is negative or longer than a year.
[[nodiscard]] std::optional<Duration> read_duration(std::string_view text);

}  // namespace prelabel::config
