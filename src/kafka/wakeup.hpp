#pragma once

#include "kafka/handles.hpp"

#include <prelabel/async/coroutine.hpp>

#include <functional>
#include <memory>

namespace prelabel::kafka {

/// Brings the client's threads to the loop: watched queues signal one descriptor, and the loop calls back.
///
/// A queue signals when something arrives in it while it is empty or after it was polled, so whoever is called back
/// polls every watched queue until it is empty; one left alone stays silent until it is polled.
/// Lifetime: outlives the watched queues. No call back after destruction.   Threads: confined to the loop.
class Wakeup {
public:
    Wakeup(async::Executor loop, std::function<void()> on_signal);
    Wakeup(const Wakeup&) = delete;
    Wakeup& operator=(const Wakeup&) = delete;
    ~Wakeup();

    void watch(rd_kafka_queue_t* queue);
    static void unwatch(rd_kafka_queue_t* queue);

private:
    struct State;
    static void wait(std::shared_ptr<State> state);
    std::shared_ptr<State> state_;
};

}  // namespace prelabel::kafka
