#pragma once

#include <string>
#include <string_view>

namespace prelabel::telemetry {

/// A text of others as the log and the status page show it: without secrets, and with U+FFFD for each byte that is not
/// UTF-8, because JSON must be.
[[nodiscard]] std::string shown_text(std::string_view text);

}  // namespace prelabel::telemetry
