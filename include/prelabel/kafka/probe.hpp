#pragma once

#include <prelabel/kafka/settings.hpp>

#include <chrono>
#include <functional>
#include <string>

namespace prelabel::kafka {

/// One check against the brokers. `what` is a sentence; `fix` says what to do if it is not ok.
struct Finding {
    std::string what;
    bool ok = false;
    std::string fix;
};

using OnFinding = std::function<void(Finding)>;

/// Checks what a worker will need: brokers answer, login works, topics exist, reading, writing and the group are
/// allowed, and transactions where the output has a transactional id: tried under `GROUP.check`. It writes nothing,
/// joins no group and begins no transaction. `output` is complete: see with_connection_of(). Findings are told as they
/// come: that brokers do not answer, or that a topic of theirs is missing, within 3 s.
/// Bound: about `timeout` for each cluster, and for transactions.   Threads: blocks; not for the loop.
void probe(const InputSettings& input, const OutputSettings& output, std::chrono::milliseconds timeout,
           const OnFinding& tell);

}  // namespace prelabel::kafka
