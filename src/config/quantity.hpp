#pragma once

#include <prelabel/base/time.hpp>

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace prelabel::config {

/// A unit that quantities are written in, such as KiB.
struct Unit {
    std::string_view name;
    std::int64_t factor;
    bool rendered;  ///< values are shown in it; the others are only read
};

inline constexpr std::array<Unit, 5> duration_units{{{"ms", 1'000'000, true},
                                                     {"s", 1'000'000'000, true},
                                                     {"m", 60'000'000'000, true},
                                                     {"h", 3'600'000'000'000, true},
                                                     {"d", 86'400'000'000'000, false}}};
inline constexpr std::array<Unit, 9> size_units{{{"", 1, false},
                                                 {"B", 1, false},
                                                 {"KiB", 1LL << 10, true},
                                                 {"MiB", 1LL << 20, true},
                                                 {"GiB", 1LL << 30, true},
                                                 {"TiB", 1LL << 40, false},
                                                 {"kB", 1'000, false},
                                                 {"MB", 1'000'000, false},
                                                 {"GB", 1'000'000'000, false}}};

/// "1.5 KiB" as 1536: bytes or nanoseconds, rounded; none when it is not a number with one of the units.
[[nodiscard]] std::optional<double> read_quantity(std::string_view text, std::span<const Unit> units);
/// What read_quantity() takes, as a regular expression.
[[nodiscard]] std::string quantity_pattern(std::span<const Unit> units);

[[nodiscard]] std::string render_duration(Duration value);
[[nodiscard]] std::string render_size(std::int64_t bytes);
/// Shortest text that reads back as the same number.
[[nodiscard]] std::string render_number(double value);

}  // namespace prelabel::config
