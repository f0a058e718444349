#pragma once

#include <prelabel/base/time.hpp>

#include <string>

namespace prelabel {

/// `2026-11-23T19:00:00.000Z`: ISO 8601 in UTC with milliseconds, independent of locale. Years 0 to 9999.
[[nodiscard]] std::string iso_8601(WallTime at);

}  // namespace prelabel
