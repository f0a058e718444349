#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace prelabel {

/// Bytes as text: without line breaks, and without padding, since the length says it.   Source: RFC 4648 section 4.
[[nodiscard]] std::string to_base64(std::string_view bytes);
/// None for a text that to_base64() does not write.
[[nodiscard]] std::optional<std::string> from_base64(std::string_view text);

}  // namespace prelabel
