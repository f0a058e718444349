#pragma once

#include <prelabel/base/enum_names.hpp>

#include <array>

namespace prelabel::app {

enum class Colour { automatic, always, never };
constexpr auto enum_names(Colour) {
    return std::to_array<EnumName<Colour>>({
        {Colour::automatic, "auto"},
        {Colour::always, "always"},
        {Colour::never, "never"},
    });
}

/// Whether what is written to `descriptor` is coloured.
/// `automatic`: on a terminal that can, unless NO_COLOR is set (no-color.org).
[[nodiscard]] bool in_colour(Colour wanted, int descriptor);

}  // namespace prelabel::app
