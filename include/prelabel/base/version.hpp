#pragma once

#include <string_view>

namespace prelabel {

/// The program's version, as `--version` says it and every record is stamped with. The build's `project(VERSION)` is
/// the same; a test keeps them equal.
inline constexpr std::string_view program_version = "0.1.0";

}  // namespace prelabel
