#pragma once

#include <prelabel/base/time.hpp>

#include <chrono>
#include <optional>
#include <string_view>

namespace prelabel::llm {

/// The longest wait that a server is believed; a wrong clock or a typo must not stop a worker for a day.
inline constexpr std::chrono::minutes retry_after_max{10};

/// `retry-after-ms` before `retry-after` (seconds, may be fractional, or one of the three dates of RFC 9110 §5.6.7).
/// None when both are absent, negative or unreadable. A date in the past means now.
[[nodiscard]] std::optional<Duration> retry_after(std::string_view milliseconds, std::string_view seconds_or_date,
                                                  WallTime now);

/// Google's RetryInfo: seconds with an "s", such as "58s" or "1.5s". None for anything else.
[[nodiscard]] std::optional<Duration> retry_delay(std::string_view text);

}  // namespace prelabel::llm
