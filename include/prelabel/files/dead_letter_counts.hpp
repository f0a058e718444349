#pragma once

#include <cstdint>
#include <map>
#include <string>

namespace prelabel::files {

/// How many dead letters there are of each class; none of a class that is missing.
using DeadLetterCounts = std::map<std::string, std::uint64_t>;

}  // namespace prelabel::files
