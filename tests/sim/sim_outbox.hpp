#pragma once

#include "faults.hpp"
#include "sim_clock.hpp"
#include "sim_group.hpp"
#include "sim_source.hpp"
#include "sim_topic.hpp"

#include <prelabel/async/signal.hpp>
#include <prelabel/base/rng.hpp>
#include <prelabel/pipeline/outbox.hpp>

#include <list>
#include <set>
#include <vector>

namespace prelabel::sim {

/// A producer to the simulated broker, and progress through a source's group. A stalled one takes no more until the
/// stall is over, as one whose queue is full.
class SimOutbox final : public pipeline::Outbox {
public:
    struct World {
        SimTopic& topic;
        SimClock& clock;
        const Faults& faults;
        const std::set<std::size_t>& oversized;  // documents whose records the broker refuses
        Happened& happened;
    };
    SimOutbox(World world, const Member& member, SimSource& source, std::uint64_t seed);
    ~SimOutbox() override;

    [[nodiscard]] bool fits(const pipeline::Output&) const override { return true; }
    [[nodiscard]] Coroutine<Result<>> publish(pipeline::Output output) override;
    [[nodiscard]] Coroutine<Result<>> commit(pipeline::AskProgress ask, TimePoint deadline) override;
    [[nodiscard]] Coroutine<> close(TimePoint deadline) override;

    void stall_until(TimePoint until) { stalled_until_ = until; }

private:
    /// A write that was given up and arrives after all.
    struct Late {
        Late(SimOutbox* outbox, pipeline::Output what)
            : output(std::move(what)), timer([outbox, this] { outbox->arrive(*this); }) {}
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
    SimSource& source_;
    Rng rng_;
    TimePoint stalled_until_{};
    std::list<Late> late_;
    std::vector<Waiting*> waiting_;
    bool closed_ = false;
};

}  // namespace prelabel::sim
