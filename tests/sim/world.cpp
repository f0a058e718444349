#include "world.hpp"

#include "judge.hpp"

#include <algorithm>

namespace prelabel::sim {
namespace {

constexpr std::uint64_t steps_max = 2'000'000;
constexpr std::uint64_t steps_to_end = 200'000;
/// How likely an event that is due comes after the next handler, and not when all have run.
constexpr double between_handlers = 0.05;

}  // namespace

World::World(const Scenario& scenario)
    : scenario_(scenario),
      faults_(scenario.faults),
      rng_(scenario.seed),
      clock_(scenario.seed + 4),
      topic_(Rng(scenario.seed + 1)),
      group_(topic_, happened_, scenario.seed + 3),
      task_(news()),
      lives_(std::make_unique<async::TaskGroup>(loop_.get_executor())) {
    make_documents();
    topic_.on_publish = [this](const pipeline::Output& output) {
        auto problem = judge(output, {scenario_, provider_->documents, processes_});
        if (!problem.empty()) violations_.push_back(std::move(problem));
    };
    for (int i = 0; i < scenario_.workers; ++i) start_process();
    events_left_ = scenario_.events;
    next_event_ = clock_.now() + std::chrono::milliseconds(rng_.below(20'000));
}

World::~World() {
    // A world that broke a promise is left in the middle of things: its coroutines end first.
    if (lives_->running() > 0) {
        turn_fair();
        for (auto* process : living()) retire(*process, false);
    }
    for (std::uint64_t step = 0; step < steps_to_end && lives_->running() > 0; ++step) {
        loop_.restart();
        loop_.poll();
        if (!clock_.jump()) break;
    }
}

void World::make_documents() {
    std::vector<SimDocument> documents;
    for (int i = 0; i < scenario_.documents; ++i) {
        // Some documents stand in the topic twice: the same request, to be paid once.
        const bool again = i > 0 && scenario_.theme != Theme::steady && rng_.chance(0.05);
        const std::size_t number = again ? rng_.below(documents.size()) : documents.size();
        if (!again) documents.push_back(make_document(rng_, number, scenario_.fated));
        if (documents[number].fate == Fate::oversized) oversized_.insert(number);
        const int partition = static_cast<int>(rng_.below(static_cast<std::uint64_t>(scenario_.partitions)));
        topic_.add({"raw", partition}, documents[number].record());
    }
    provider_ =
        std::make_unique<SimProvider>(std::move(documents), faults_, scenario_.account, happened_, scenario_.seed + 2);
    provider_->refused_parts = scenario_.refused_parts;
}

void World::start_process() {
    auto& process = processes_.emplace_back();
    process.member.id = static_cast<int>(processes_.size());
    process.started_at = clock_.now();
    const std::uint64_t seed = scenario_.seed * 1'000 + processes_.size();
    pipeline::LabelingPlan::Settings settings;
    settings.task = task_;
    settings.model.temperature = 0;
    settings.model.seed = 7;
    const llm::ModelSettings model = settings.model;
    auto plan = pipeline::LabelingPlan::make(std::move(settings));
    expects(plan.has_value(), "the simulated task is valid");
    process.source = std::make_unique<SimSource>(SimSource::World{topic_, group_, clock_, faults_, happened_},
                                                 process.member, scenario_.theme == Theme::finite, seed);
    process.outbox = std::make_unique<SimOutbox>(SimOutbox::World{topic_, clock_, faults_, oversized_, happened_},
                                                 process.member, *process.source, seed + 1);
    process.model = std::make_unique<SimModel>(*provider_, clock_, process.member, *process.source, faults_,
                                               llm::Codec(model), scenario_.settings.limits);
    process.cache = std::make_unique<journal::MemoryCache>(1U << 20);
    process.worker = std::make_unique<pipeline::Worker>(
        loop_.get_executor(), *plan, scenario_.settings,
        pipeline::Worker::Ports{
            *process.source, *process.outbox, {*process.model, model, scenario_.price}, *process.cache, clock_},
        [this](const pipeline::Event& event) {
            topic_.trace(event.index());
            happened_.add(Happening::pause, std::holds_alternative<pipeline::Paused>(event));
            happened_.add(Happening::resume, std::holds_alternative<pipeline::Resumed>(event));
        },
        seed + 2);
    lives_->spawn(live(&process));
}

Coroutine<> World::live(Process* process) {
    const Result<> outcome = co_await process->worker->run();
    if (!outcome) process->error = outcome.error().message;
    if (process->worker->stats().spent_up) process->error = "no more may be spent";
    process->ended = true;
}

bool World::gave_up() const { return !processes_.back().error.empty() && !only_the_fated_are_left(); }

std::string World::run() {
    for (std::uint64_t step = 0; step < steps_max; ++step) {
        const bool due = next_event_ && clock_.now() >= *next_event_;
        loop_.restart();
        do {
            if (auto problem = broken(); !problem.empty()) return problem + picture();
        } while (!(due && rng_.chance(between_handlers)) && loop_.poll_one() > 0);
        if (due) {
            happen();
            continue;
        }
        if (wants_the_end()) {
            for (auto* process : living()) retire(*process, false);
            continue;
        }
        if (lives_->running() == 0 && fair_since_) {
            if (gave_up()) {
                start_process();
                continue;
            }
            auto problem = broken_at_the_end();
            return problem.empty() ? problem : problem + picture();
        }
        if (next_event_) {
            async::Timer event([] {});
            clock_.arm(event, *next_event_);
            clock_.jump();
        } else if (!clock_.jump()) {
            return "everybody waits and nothing will ever happen" + picture();
        }
    }
    return "no end after " + std::to_string(steps_max) + " steps" + picture();
}

}  // namespace prelabel::sim
