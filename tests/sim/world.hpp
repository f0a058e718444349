#pragma once

#include "sim_broker.hpp"
#include "sim_clock.hpp"
#include "sim_model.hpp"
#include "sim_ports.hpp"

#include <prelabel/journal/memory_cache.hpp>
#include <prelabel/pipeline/worker.hpp>

#include <array>
#include <cstdint>
#include <list>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace prelabel::sim {

/// What is decided by the seed before anything runs.
struct Scenario {
    explicit Scenario(std::uint64_t seed);

    std::uint64_t seed;
    int partitions;
    int workers;
    int documents;
    Faults faults;
    pipeline::Settings settings;
    bool crashes;     // workers are killed, expelled and replaced: at-least-once may show
    bool rebalances;  // workers come and go in good order
    bool weather;     // the provider has bad times
};

/// What a run met, so that a simulation in which nothing happens cannot pass for a good one.
struct Happened {
    std::uint64_t kills = 0;
    std::uint64_t revocations = 0;
    std::uint64_t abandoned = 0;
    std::uint64_t published_again = 0;
    std::uint64_t pauses = 0;
    std::uint64_t resumes = 0;
    std::uint64_t retries = 0;
    std::uint64_t reasks = 0;
    std::uint64_t shared_calls = 0;
    std::uint64_t cache_hits = 0;
    std::uint64_t write_failures = 0;
    std::uint64_t commit_failures = 0;
    std::uint64_t partial = 0;
    std::array<std::uint64_t, pipeline::dead_letter_class_count> dead_letters{};

    Happened& operator+=(const Happened& other);
};

/// A whole system in virtual time: broker, provider, and workers that come and go.
///
/// step() runs everything that can run, lets time jump once, and checks what must always hold; finish() checks what
/// must hold in the end. Everything is a function of the scenario's seed.
class World {
public:
    explicit World(const Scenario& scenario);
    ~World();

    /// Runs to the end. Empty when all held, else what was broken first.
    [[nodiscard]] std::string run();
    [[nodiscard]] std::uint64_t trace() const { return broker_.trace(); }
    [[nodiscard]] Happened happened() const;

private:
    struct Process {
        Member member;
        std::unique_ptr<pipeline::LabelingPlan> plan;
        std::unique_ptr<SimSource> source;
        std::unique_ptr<SimSink> sink;
        std::unique_ptr<SimModel> model;
        std::unique_ptr<journal::MemoryCache> cache;
        std::unique_ptr<pipeline::Worker> worker;
        bool stopping = false;
        bool ended = false;
        std::string error;
    };

    void make_documents();
    void start_process();
    [[nodiscard]] static Task<> live(Process* process);
    void happen();  // something in the world outside, at the scenario's whim
    [[nodiscard]] std::vector<Process*> living();
    void retire(Process& process, bool kill);
    [[nodiscard]] std::string picture() const;  // for whoever debugs a seed
    [[nodiscard]] std::string broken();
    [[nodiscard]] std::string broken_at_the_end() const;
    [[nodiscard]] std::string judge(const pipeline::Output& output) const;

    Scenario scenario_;
    Rng rng_;
    boost::asio::io_context loop_{1};
    SimClock clock_;
    SimBroker broker_;
    std::unique_ptr<SimProvider> provider_;
    labeling::Task task_;
    std::list<Process> processes_;
    std::unique_ptr<pipeline::TaskGroup> lives_;
    TimePoint next_event_{};
    int events_left_ = 0;
    std::uint64_t kills_ = 0;
    std::uint64_t pauses_ = 0;
    std::uint64_t resumes_ = 0;
};

}  // namespace prelabel::sim
