#pragma once

#include <string>

namespace prelabel::sim {

struct Process;

/// Where only the quota binds: no document has its first call while one that was tried before waits for its turn.
/// Empty, or which one waited.
[[nodiscard]] std::string retry_behind_others(const Process& process);

}  // namespace prelabel::sim
