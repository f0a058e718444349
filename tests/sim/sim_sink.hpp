#pragma once

#include "faults.hpp"
#include "sim_clock.hpp"
#include "sim_group.hpp"
#include "sim_topic.hpp"

#include <prelabel/async/signal.hpp>
#include <prelabel/base/rng.hpp>
#include <prelabel/pipeline/sink.hpp>

#include <list>
#include <set>
#include <vector>

namespace prelabel::sim {

using async::Coroutine;

/// A producer to the simulated broker. A stalled one takes no more until the stall is over, as one whose queue is full.
class SimSink final : public pipeline::Sink {
public:
    struct World {
        SimTopic& topic;
        SimClock& clock;
        const Faults& faults;
        const std::set<std::size_t>& oversized;  // documents whose records the broker refuses
        Happened& happened;
    };
    SimSink(World world, const Member& member, std::uint64_t seed);
    ~SimSink() override;

    [[nodiscard]] Coroutine<Result<>> write(pipeline::Output output) override;
    [[nodiscard]] Coroutine<> close(TimePoint deadline) override;

    void stall_until(TimePoint until) { stalled_until_ = until; }

private:
    /// A write that was given up and arrives after all.
    struct Late {
        Late(SimSink* sink, pipeline::Output what)
            : output(std::move(what)), timer([sink, this] { sink->arrive(*this); }) {}
        pipeline::Output output;
        async::Timer timer;
    };
    /// A write that waits, which closing cuts short.
    struct Waiting {
        Waiting() : timer([this] { over.set(true); }) {}
        async::Timer timer;
        async::Signal<bool> over;
    };
    [[nodiscard]] Coroutine<bool> wait_until(TimePoint until);
    void arrive(Late& late);
    [[nodiscard]] bool refuses(const pipeline::Output& output) const;

    World world_;
    const Member& member_;
    Rng rng_;
    TimePoint stalled_until_{};
    std::list<Late> late_;
    std::vector<Waiting*> waiting_;
    bool closed_ = false;
};

}  // namespace prelabel::sim
