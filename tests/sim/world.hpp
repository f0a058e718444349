#pragma once

#include "scenario.hpp"
#include "sim_clock.hpp"
#include "sim_model.hpp"
#include "sim_outbox.hpp"
#include "sim_source.hpp"

#include <prelabel/journal/memory_cache.hpp>
#include <prelabel/pipeline/worker.hpp>

#include <cstdint>
#include <list>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace prelabel::sim {

/// A worker with its ports, from its start to its end.
struct Process {
    Member member;
    std::unique_ptr<SimSource> source;
    std::unique_ptr<SimOutbox> outbox;
    std::unique_ptr<SimModel> model;
    std::unique_ptr<journal::MemoryCache> cache;
    std::unique_ptr<pipeline::Worker> worker;
    TimePoint started_at{};
    std::optional<TimePoint> stopping_since;
    bool ended = false;
    std::string error;
};

/// A whole system in virtual time: topic, group, provider, and workers that come and go.
///
/// run() lets everything run that can, one handler at a time, then time jumps once; what must always hold is checked
/// after every handler and at every output, what must hold in the end at the end. What happens in the world outside
/// happens between any two handlers, and what is due at one moment runs in an order that is drawn. After the scenario's
/// events the world turns fair, and everything has to end within a bound.
/// Everything is a function of the scenario's seed.
class World {
public:
    explicit World(const Scenario& scenario);
    ~World();

    /// Runs to the end. Empty when all held, else what was broken first.
    [[nodiscard]] std::string run();
    [[nodiscard]] std::uint64_t trace() const { return topic_.trace(); }
    [[nodiscard]] Happened happened() const;

private:
    void make_documents();
    void start_process();
    [[nodiscard]] static Coroutine<> live(Process* process);

    /// The last run over a finite input ended early: its provider was away. A next run goes on.
    [[nodiscard]] bool gave_up() const;

    // world_events.cpp: something in the world outside, at the scenario's whim
    void happen();
    void turn_fair();
    void go_on();
    void lose(Process& process);
    void retire(Process& process, bool kill);
    [[nodiscard]] Coroutine<> tell_later(Process* process, Duration wait);
    [[nodiscard]] std::vector<Process*> living();
    [[nodiscard]] bool wants_the_end() const;

    // verdict.cpp: what must hold
    [[nodiscard]] std::string broken() const;
    [[nodiscard]] bool only_the_fated_are_left() const;
    [[nodiscard]] bool may_give_up(const Process& process) const;
    [[nodiscard]] std::string broken_in_time() const;
    [[nodiscard]] std::string broken_in_cost(const Process& process) const;
    [[nodiscard]] std::string broken_at_the_end() const;
    [[nodiscard]] std::string repeated_without_cause() const;
    [[nodiscard]] std::string picture() const;  // for whoever debugs a seed

    Scenario scenario_;
    Faults faults_;  // the scenario's, until the world turns fair
    Rng rng_;
    boost::asio::io_context loop_{1};
    SimClock clock_;
    Happened happened_;
    SimTopic topic_;
    SimGroup group_;
    std::set<std::size_t> oversized_;
    std::unique_ptr<SimProvider> provider_;
    labeling::Task task_;
    std::list<Process> processes_;
    std::unique_ptr<async::TaskGroup> lives_;
    std::optional<TimePoint> next_event_;
    std::optional<TimePoint> fair_since_;
    int events_left_ = 0;
    std::vector<std::string> violations_;  // found in outputs
};

}  // namespace prelabel::sim
