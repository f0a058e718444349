#pragma once

#include "sim_broker.hpp"
#include "sim_clock.hpp"

#include <prelabel/base/rng.hpp>
#include <prelabel/pipeline/signal.hpp>
#include <prelabel/pipeline/sink.hpp>
#include <prelabel/pipeline/source.hpp>

#include <map>

namespace prelabel::sim {

using pipeline::Task;

/// How often the world outside fails, each as a probability per operation.
struct Faults {
    double commit_fails = 0;
    double write_fails = 0;
    double call_fails = 0;  // throttled, overloaded, reset, silence, broken envelope
    double answer_bad = 0;  // cut off, fenced, invented, of another document, unknown label
};

/// A consumer of the simulated broker.
class SimSource final : public pipeline::Source {
public:
    SimSource(SimBroker& broker, SimClock& clock, Member& member, const Faults& faults, std::uint64_t seed);

    [[nodiscard]] Task<Result<SourceEvent>> next(pipeline::Room room) override;
    void nudge() override;
    void grant(const Partition& partition, std::size_t records) override;
    [[nodiscard]] Task<Result<>> commit(std::vector<pipeline::Position> positions) override;
    [[nodiscard]] Task<> release(std::vector<Partition> partitions) override;
    void stop() override;
    [[nodiscard]] Task<> close() override;

private:
    [[nodiscard]] pipeline::Batch read(pipeline::Room room);
    void wake();

    SimBroker& broker_;
    SimClock& clock_;
    Member& member_;
    const Faults& faults_;
    Rng rng_;
    std::map<Partition, std::size_t> credit_;
    pipeline::Signal<pipeline::Done>* waiting_ = nullptr;
    bool nudged_ = false;
    bool stopped_ = false;
};

/// A producer to the simulated broker.
class SimSink final : public pipeline::Sink {
public:
    SimSink(SimBroker& broker, SimClock& clock, const Member& member, const Faults& faults, std::uint64_t seed);

    [[nodiscard]] Task<Result<>> write(pipeline::Output output) override;
    [[nodiscard]] Task<> close() override;

private:
    SimBroker& broker_;
    SimClock& clock_;
    const Member& member_;
    const Faults& faults_;
    Rng rng_;
    bool closed_ = false;
};

}  // namespace prelabel::sim
