#pragma once

#include <prelabel/base/time.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace prelabel {

/// `2026-11-23T19:00:00.000Z`: ISO 8601 in UTC with milliseconds, independent of locale. Years 0 to 9999.
[[nodiscard]] std::string iso_8601(WallTime at);

/// The time that `iso_8601` writes as this text; none for any other text.
[[nodiscard]] std::optional<WallTime> from_iso_8601(std::string_view text);

}  // namespace prelabel
