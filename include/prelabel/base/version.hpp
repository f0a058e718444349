#pragma once

#include <string_view>

namespace prelabel {

/// The program's version, for `--version` and for every record. The build reads it from this line.
inline constexpr std::string_view program_version = "0.1.0";

}  // namespace prelabel
