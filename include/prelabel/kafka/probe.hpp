#pragma once

#include <prelabel/kafka/settings.hpp>

#include <chrono>
#include <string>
#include <vector>

namespace prelabel::kafka {

/// One check against the brokers. `what` is a sentence; `fix` says what to do if it is not ok.
struct Finding {
    std::string what;
    bool ok = false;
    std::string fix;
};

/// Checks what a worker will need: brokers answer, login works, topics exist, reading, writing and the group are
/// allowed. It writes nothing and joins no group. `output` is complete: see with_connection_of().
/// Bound: about `timeout` for each cluster.   Threads: blocks; not for the loop.
[[nodiscard]] std::vector<Finding> probe(const InputSettings& input, const OutputSettings& output,
                                         std::chrono::milliseconds timeout);

}  // namespace prelabel::kafka
