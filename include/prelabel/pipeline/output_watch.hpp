#pragma once

#include <prelabel/async/clock.hpp>
#include <prelabel/pipeline/event.hpp>
#include <prelabel/pipeline/stats.hpp>

#include <functional>

namespace prelabel::pipeline {

/// Notices when outputs wait and none becomes durable: a broker that is away, a topic that is missing, a reader that is
/// slow. Calls are held meanwhile, since what they buy could not be delivered and is bought again after a crash.
///
/// Bound:   calls go on for `patience`: longer than an outbox lets an output wait of its own accord, which may be for a
///          commit.
/// Threads: confined to the loop.
class OutputWatch {
public:
    struct Context {
        async::Clock& clock;
        Stats& stats;
        const EventListener& on_event;
        std::function<void(TimePoint)> hold_calls_until;
        Duration patience = std::chrono::seconds(6);
    };

    explicit OutputWatch(Context context);
    OutputWatch(const OutputWatch&) = delete;
    OutputWatch& operator=(const OutputWatch&) = delete;
    ~OutputWatch();

    /// An outcome is there, and is to be written.
    void waits();
    /// It is durable, or given up.
    void ended(bool durable);

private:
    void look();

    Context context_;
    async::Timer timer_;
    TimePoint progress_;  ///< when an output became durable, or began to wait with no other before it
    bool stuck_ = false;
};

}  // namespace prelabel::pipeline
