// What happens in the world outside, and how it ends.
#include "draw.hpp"
#include "world.hpp"

#include <prelabel/base/enum_values.hpp>

#include <algorithm>
#include <functional>

namespace prelabel::sim {
namespace {

using std::chrono::milliseconds;

constexpr Duration traffic_every = std::chrono::seconds(30);
constexpr std::uint64_t told_after_us = 10'000'000;
constexpr std::uint64_t stall_us = 20'000'000;

}  // namespace

std::vector<Process*> World::living() {
    std::vector<Process*> found;
    for (auto& process : processes_) {
        if (process.member.alive && !process.stopping_since && !process.ended) found.push_back(&process);
    }
    return found;
}

void World::happen() {
    if (fair_since_) return go_on();
    const bool long_times = scenario_.theme == Theme::outage || scenario_.theme == Theme::finite;
    next_event_ = clock_.now() + milliseconds(rng_.below(long_times ? 600'000 : 40'000));
    if (--events_left_ < 0) return turn_fair();
    const auto alive = living();
    Process* someone = alive.empty() ? nullptr : alive[rng_.below(alive.size())];
    std::vector<std::function<void()>> possible;
    if (scenario_.weather) {
        possible.emplace_back([&] { provider_->weather = enum_values<Weather>[rng_.below(enum_count<Weather>)]; });
    }
    if (scenario_.crashes) {
        possible.emplace_back([&] {
            if (someone) retire(*someone, true);
            if (rng_.chance(0.7)) start_process();
        });
    }
    if (scenario_.losses && someone) possible.emplace_back([&] { lose(*someone); });
    if (scenario_.stalls && someone)
        possible.emplace_back([&] { someone->outbox->stall_until(clock_.now() + between(rng_, 1, stall_us)); });
    if (scenario_.truncations) {
        possible.emplace_back([&] {
            const auto partitions = topic_.partitions();
            group_.truncate(partitions[rng_.below(partitions.size())]);
        });
    }
    if (scenario_.cuts) {
        possible.emplace_back([&] {
            const auto partitions = topic_.partitions();
            topic_.cut(partitions[rng_.below(partitions.size())]);
        });
    }
    if (scenario_.rebalances) {
        possible.emplace_back([&] {
            if (someone && rng_.chance(0.3))
                retire(*someone, false);
            else if (rng_.chance(0.5))
                start_process();
            else
                group_.rebalance(rng_.chance(0.5));
        });
    }
    if (!possible.empty()) possible[rng_.below(possible.size())]();
}

/// A topic goes on: a document that fails alone is told from an endpoint that fails everybody by those that follow.
void World::go_on() {
    next_event_ = clock_.now() + traffic_every;
    const std::size_t number = provider_->documents.size();
    provider_->documents.push_back(make_document(rng_, number, 0));
    const auto partitions = topic_.partitions();
    topic_.add(partitions[rng_.below(partitions.size())], provider_->documents[number].record());
    group_.arrived();
}

void World::turn_fair() {
    next_event_.reset();
    if (scenario_.theme != Theme::finite) next_event_ = clock_.now() + traffic_every;
    fair_since_ = clock_.now();
    provider_->weather = Weather::fair;
    const double overloaded = faults_.overloaded;  // what a steady provider does is no bad time
    const double crossed = faults_.crossed;
    faults_ = {};
    faults_.overloaded = overloaded;
    faults_.crossed = crossed;
    const bool done = scenario_.theme == Theme::finite && topic_.everything_published();
    if (living().empty() && !done) start_process();
}

bool World::wants_the_end() const {
    if (!fair_since_ || scenario_.theme == Theme::finite || !topic_.everything_published_and_committed()) return false;
    return std::ranges::any_of(processes_, [](const Process& process) {
        return process.member.alive && !process.stopping_since && !process.ended;
    });
}

void World::retire(Process& process, bool kill) {
    if (kill) {
        happened_.add(Happening::kill);
        process.member.alive = false;  // what it does from now on arrives nowhere
        group_.expel(process.member);
    }
    process.stopping_since = clock_.now();
    process.worker->stop();
}

void World::lose(Process& process) {
    if (process.member.expelled) return;
    happened_.add(Happening::loss);
    group_.expel(process.member);
    lives_->spawn(tell_later(&process, between(rng_, 1, told_after_us)));
}

Coroutine<> World::tell_later(Process* process, Duration wait) {
    const TimePoint at = clock_.now() + wait;
    co_await async::sleep_until(clock_, at);
    if (process->member.alive) group_.tell(process->member);
}

}  // namespace prelabel::sim
