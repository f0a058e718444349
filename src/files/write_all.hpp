#pragma once

#include <string_view>

namespace prelabel::files {

/// Writes all of it to a descriptor that blocks, whatever signals come. Gives the system's code, or 0.
[[nodiscard]] int write_all(int descriptor, std::string_view bytes);

}  // namespace prelabel::files
