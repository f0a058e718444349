#pragma once

#include <prelabel/async/coroutine.hpp>
#include <prelabel/kafka/settings.hpp>

#include <functional>
#include <string>
#include <thread>
#include <vector>

namespace prelabel::kafka {

/// Says what a worker waits for at its start: brokers that do not answer, topics that are missing. The worker's own
/// clients wait in silence for a topic to write to.
///
///   asks ──▶ something is missing ──▶ says so, if it is news ──▶ asks again after five seconds
///        └─▶ all is there ──▶ says so, if something was missing ──▶ is done
///
/// Bound:    the first word comes within 3 s.
/// Lifetime: its end waits for a question under way, at most half a second.
/// Threads:  a thread of its own; `tell` is called on the loop, which does not turn when this ends.
class Lookout {
public:
    /// With what is missing (see missing_of()); with nothing when all has come.
    using Tell = std::function<void(const std::vector<std::string>&)>;

    Lookout(async::Executor loop, InputSettings input, OutputSettings output, Tell tell);

private:
    std::jthread thread_;
};

}  // namespace prelabel::kafka
