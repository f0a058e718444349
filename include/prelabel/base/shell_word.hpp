#pragma once

#include <string>
#include <string_view>

namespace prelabel {

/// The word as a POSIX shell reads it back: quoted only where it has to be.
[[nodiscard]] std::string shell_quoted(std::string_view word);

}  // namespace prelabel
