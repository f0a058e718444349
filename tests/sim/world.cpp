#include "world.hpp"

#include <prelabel/labeling/json_text.hpp>

#include <algorithm>
#include <array>

namespace prelabel::sim {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr std::array<const char*, 8> people{"Ada Lovelace", "Zoë",      "田中太郎", "José 🎉 Núñez",
                                            "Ada",          "محمد علي", "O'Brien",  "Łukasz"};
constexpr std::array<const char*, 6> places{"Zürich", "New York", "York", "東京", "Åbo", "القاهرة"};
constexpr std::uint64_t steps_max = 2'000'000;

labeling::Task news() {
    labeling::Task task;
    task.name = "sim";
    task.instructions = "Label every mention.";
    task.labels = {{"PER", "people"}, {"LOC", "places"}};
    task.examples = {{"Ada joined.", {{"PER", "Ada"}}}};
    return task;
}

SimDocument make_document(Rng& rng, std::size_t number) {
    SimDocument document;
    document.text = "doc#" + std::to_string(number) + "# 👩‍🔬: ";
    for (std::size_t i = rng.below(6); i > 0; --i) {
        const bool person = rng.chance(0.5);
        const std::string name = person ? people[rng.below(people.size())] : places[rng.below(places.size())];
        document.text += (person ? " met " : " in ") + name + (rng.chance(0.3) ? " 🎉." : ",");
        document.mentions.push_back({person ? "PER" : "LOC", name});
    }
    const double fate = rng.uniform();
    if (fate < 0.02)
        document.fate = Fate::malformed;
    else if (fate < 0.04)
        document.fate = Fate::refused;
    else if (fate < 0.06)
        document.fate = Fate::garbage;
    else if (fate < 0.08)
        document.fate = Fate::too_long;
    else if (fate < 0.10)
        document.fate = Fate::poison;
    return document;
}

}  // namespace

Scenario::Scenario(std::uint64_t with_seed) : seed(with_seed) {
    Rng rng(seed * 2 + 1);
    partitions = 1 + static_cast<int>(rng.below(5));
    workers = 1 + static_cast<int>(rng.below(3));
    documents = 10 + static_cast<int>(rng.below(70));
    const double trouble = rng.chance(0.2) ? 0 : rng.uniform();
    faults.commit_fails = 0.3 * trouble;
    faults.write_fails = 0.2 * trouble;
    faults.call_fails = 0.3 * trouble;
    faults.answer_bad = 0.3 * trouble;
    crashes = rng.chance(0.4);
    rebalances = rng.chance(0.5);
    weather = rng.chance(0.4);
    settings.limits.max_in_flight = 1 + rng.below(20);
    settings.limits.requests_per_minute = rng.chance(0.5) ? 0 : 30 + rng.below(2'000);
    settings.limits.tokens_per_minute = rng.chance(0.7) ? 0 : 100'000 + rng.below(1'000'000);
    settings.retry.max_attempts = 4 + static_cast<std::uint32_t>(rng.below(4));
    settings.window_per_partition = 1 + rng.below(30);
    settings.documents_in_memory_max = 1 + rng.below(60);
    settings.bytes_in_memory_max = 500 + rng.below(20'000);
    settings.commit_interval = milliseconds(50 + rng.below(2'000));
    settings.drain_timeout = seconds(rng.below(30));
    settings.call_timeout = seconds(20);
}

World::World(const Scenario& scenario)
    : scenario_(scenario),
      rng_(scenario.seed),
      broker_(scenario.seed + 1),
      task_(news()),
      lives_(std::make_unique<pipeline::TaskGroup>(loop_.get_executor())) {
    make_documents();
    for (int i = 0; i < scenario_.workers; ++i) start_process();
    const bool eventful = scenario_.crashes || scenario_.rebalances || scenario_.weather;
    events_left_ = eventful ? 1 + static_cast<int>(rng_.below(8)) : 0;
    next_event_ = clock_.now() + milliseconds(rng_.below(20'000));
}

World::~World() = default;

void World::make_documents() {
    std::vector<SimDocument> documents;
    std::map<int, Offset> next;
    for (int i = 0; i < scenario_.documents; ++i) {
        // Some documents stand in the topic twice: the same request, to be paid once.
        const bool again = i > 0 && rng_.chance(0.05);
        const std::size_t number = again ? rng_.below(documents.size()) : documents.size();
        if (!again) documents.push_back(make_document(rng_, number));
        const auto& document = documents[number];
        Record record;
        const int partition = static_cast<int>(rng_.below(static_cast<std::uint64_t>(scenario_.partitions)));
        next[partition] += 1 + static_cast<Offset>(rng_.chance(0.1) ? rng_.below(5) : 0);  // gaps
        record.origin = {{"raw", partition}, next[partition], 0};
        record.key = "k" + std::to_string(number);
        record.value = document.fate == Fate::malformed ? "{\"text\": "
                                                        : R"({"id":"d)" + std::to_string(number) + R"(","text":)" +
                                                              labeling::json_string(document.text) + "}";
        record.headers = {{"trace", std::to_string(number)}};
        broker_.add_record(std::move(record));
    }
    provider_ = std::make_unique<SimProvider>(std::move(documents), scenario_.faults, scenario_.seed + 2);
}

void World::start_process() {
    auto& process = processes_.emplace_back();
    process.member.id = static_cast<int>(processes_.size());
    const std::uint64_t seed = scenario_.seed * 1'000 + processes_.size();
    auto plan = pipeline::LabelingPlan::make({task_, {}, {}, {1, 0.5, 2}, 1'000'000});
    expects(plan.has_value(), "the simulated task is valid");
    process.plan = std::make_unique<pipeline::LabelingPlan>(std::move(*plan));
    process.source = std::make_unique<SimSource>(broker_, clock_, process.member, scenario_.faults, seed);
    process.sink = std::make_unique<SimSink>(broker_, clock_, process.member, scenario_.faults, seed + 1);
    process.model =
        std::make_unique<SimModel>(*provider_, clock_, process.member, process.plan->codec, scenario_.settings.limits);
    process.cache = std::make_unique<journal::MemoryCache>(1U << 20);
    process.worker = std::make_unique<pipeline::Worker>(
        loop_.get_executor(), *process.plan, scenario_.settings,
        pipeline::Worker::Ports{*process.source, *process.sink, *process.model, *process.cache, clock_},
        [this](const pipeline::Event& event) {
            broker_.trace(event.index());
            pauses_ += std::holds_alternative<pipeline::Paused>(event);
            resumes_ += std::holds_alternative<pipeline::Resumed>(event);
        },
        seed + 2);
    lives_->spawn(live(&process));
}

Task<> World::live(Process* process) {
    const Result<> outcome = co_await process->worker->run();
    if (!outcome) process->error = outcome.error().message;
    process->ended = true;
}

std::vector<World::Process*> World::living() {
    std::vector<Process*> found;
    for (auto& process : processes_) {
        if (process.member.alive && !process.stopping) found.push_back(&process);
    }
    return found;
}

void World::retire(Process& process, bool kill) {
    if (kill) {
        ++kills_;
        process.member.alive = false;  // what it does from now on arrives nowhere
        broker_.expel(process.member);
    }
    process.stopping = true;
    process.worker->stop();
}

void World::happen() {
    next_event_ = clock_.now() + milliseconds(rng_.below(40'000));
    if (--events_left_ < 0) {
        next_event_ = TimePoint::max();
        provider_->weather = Weather::fair;
        if (living().empty()) start_process();
        return;
    }
    const auto alive = living();
    Process* someone = alive.empty() ? nullptr : alive[rng_.below(alive.size())];
    const std::uint64_t what = rng_.below(3);
    if (what == 0 && scenario_.crashes) {
        if (someone) retire(*someone, true);
        if (rng_.chance(0.7)) start_process();
    } else if (what == 1 && scenario_.rebalances) {
        if (someone && rng_.chance(0.5))
            retire(*someone, false);
        else if (rng_.chance(0.5))
            start_process();
        else
            broker_.rebalance();
    } else if (scenario_.weather) {
        provider_->weather = static_cast<Weather>(rng_.below(4));
    }
}

std::string World::run() {
    for (std::uint64_t step = 0; step < steps_max; ++step) {
        loop_.restart();
        loop_.poll();
        if (auto problem = broken(); !problem.empty()) return problem;
        if (clock_.now() >= next_event_) {
            happen();
            continue;
        }
        const auto working = living();
        if (events_left_ <= 0 && next_event_ == TimePoint::max() && !working.empty() &&
            broker_.everything_published_and_committed()) {
            for (auto* process : working) retire(*process, false);
            continue;
        }
        if (lives_->running() == 0 && next_event_ == TimePoint::max()) return broken_at_the_end();
        if (next_event_ != TimePoint::max()) {
            pipeline::Timer event([] {});
            clock_.arm(event, next_event_);
            clock_.jump();
        } else if (!clock_.jump()) {
            return "everybody waits and nothing will ever happen" + picture();
        }
    }
    return "no end after " + std::to_string(steps_max) + " steps";
}

std::string World::picture() const {
    std::string out;
    for (const auto& process : processes_) {
        const auto& stats = process.worker->stats();
        out += "\n  worker " + std::to_string(process.member.id) + (process.member.alive ? "" : " killed") +
               (process.stopping ? " stopping" : "") + (process.ended ? " ended" : "") + ": documents in flight " +
               std::to_string(stats.documents_in_flight) + ", calls in flight " +
               std::to_string(stats.calls_in_flight) + (stats.paused ? ", paused" : "") +
               (stats.draining ? ", draining" : "") + ", partitions " + std::to_string(stats.partitions_assigned) +
               ", mail " + std::to_string(process.member.mail.size());
    }
    return out + "\n  published " + std::to_string(broker_.outputs().size()) + " of " +
           std::to_string(broker_.records());
}

std::string World::broken() {
    if (!broker_.violations().empty()) return broker_.violations().front();
    if (!provider_->violations.empty()) return provider_->violations.front();
    for (const auto& process : processes_) {
        if (process.worker->stats().documents_in_flight > scenario_.settings.documents_in_memory_max)
            return "more documents in memory than configured";
        if (!process.error.empty()) return "a worker failed: " + process.error;
    }
    return {};
}

}  // namespace prelabel::sim
