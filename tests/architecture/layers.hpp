#pragma once

#include "source_text.hpp"

#include <vector>

namespace prelabel::architecture {

/// Includes of a source file that the architecture forbids: other libraries, their private headers, and dependencies
/// outside the libraries that own them or in public headers.
[[nodiscard]] std::vector<Finding> forbidden_includes(const File& file);

/// Uses of clocks, threads, locks, sockets, logs, files and unseeded randomness in a pure library.
[[nodiscard]] std::vector<Finding> impurities(const File& file);

}  // namespace prelabel::architecture
