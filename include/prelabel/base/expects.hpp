#pragma once

#include <cstdio>
#include <cstdlib>
#include <source_location>

namespace prelabel {

/// Stops the process if a contract is broken: a stopped worker is better than a wrong offset committed.
/// On in every build. `what` is for the developer who reads the crash, never document text.
constexpr void expects(bool holds, const char* what, std::source_location at = std::source_location::current()) {
    if (holds) [[likely]]
        return;
    std::fprintf(stderr, "%s:%u: contract broken: %s\n", at.file_name(), at.line(), what);
    std::abort();
}

}  // namespace prelabel
