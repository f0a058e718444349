#pragma once

#include <string_view>

namespace prelabel {

/// The program's version, as `--version` says it and every record is stamped with. The build reads it from this line.
inline constexpr std::string_view program_version = "0.1.0";

}  // namespace prelabel
