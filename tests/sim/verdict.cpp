// What must always hold, and what must hold when everything has ended.
#include "quota_use.hpp"
#include "retry_order.hpp"
#include "world.hpp"

#include <prelabel/llm/cost.hpp>

#include <algorithm>

namespace prelabel::sim {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;

/// Beyond the drain itself: last commits, a write that is tried again, a call that is cut.
constexpr Duration after_the_drain = seconds(15);

constexpr double rounding = 1e-9;  // in dollars, of sums of doubles

}  // namespace

std::string World::broken() const {
    if (!topic_.violations().empty()) return topic_.violations().front();
    if (!group_.violations().empty()) return group_.violations().front();
    if (!violations_.empty()) return violations_.front();
    for (const auto& process : processes_) {
        if (!process.model->violations().empty()) return process.model->violations().front();
        if (!process.source->violations().empty()) return process.source->violations().front();
        if (process.worker->stats().documents_in_flight > scenario_.settings.documents_in_memory_max)
            return "more documents in memory than configured";
        if (process.worker->stats().documents_in_flight > worth_reading(scenario_.settings.limits))
            return "more was read ahead than two minutes of quota";
        if (auto problem = broken_in_cost(process); !problem.empty()) return problem;
        if (!process.error.empty() && !may_give_up(process)) return "a worker failed: " + process.error;
    }
    return broken_in_time();
}

std::string World::broken_in_cost(const Process& process) const {
    if (scenario_.faults.crossed > 0) return {};  // each reply has the counts of another
    const double charged = llm::cost_usd(process.model->charged(), scenario_.price);
    const llm::Usage& said = process.worker->stats().usage;
    const auto cap = scenario_.settings.cost_max_usd;
    if (cap && charged > *cap) return "a run cost more than it may";
    if (said.cost_usd > charged + rounding) return "a run says that it cost more than was charged";
    if (process.ended && process.member.alive && said.uncounted == 0 && said.cost_usd < charged - rounding)
        return "a run says that it cost less than was charged, and that it knows";
    return {};
}

bool World::may_give_up(const Process& process) const {
    if (scenario_.theme != Theme::finite) return false;
    if (process.worker->stats().spent_up) return true;
    return (scenario_.weather && (!fair_since_ || process.started_at < *fair_since_)) || only_the_fated_are_left();
}

/// To whoever runs a finite input a few documents that always fail, and nothing else, look like an endpoint that does.
bool World::only_the_fated_are_left() const {
    return std::ranges::all_of(topic_.unpublished(),
                               [&](std::size_t number) { return provider_->documents[number].fate != Fate::labeled; });
}

std::string World::broken_in_time() const {
    // A rebalance under way is drained first, and then the rest is.
    const Duration to_stop = 2 * scenario_.settings.drain_timeout + after_the_drain;
    for (const auto& process : processes_) {
        if (process.stopping_since && !process.ended && clock_.now() - *process.stopping_since > to_stop)
            return "a worker does not end";
    }
    // In a fair world each document takes its calls, and a quota lets one through now and then. One that fails alone
    // uses up its own time.
    const std::int64_t per_minute = static_cast<std::int64_t>(
        std::max<std::uint64_t>(scenario_.settings.limits.requests_per_minute, scenario_.account.requests_per_minute));
    const Duration paced = per_minute > 0 ? Duration(minutes(3 * scenario_.documents / per_minute)) : Duration::zero();
    if (fair_since_ && clock_.now() - *fair_since_ > minutes(30) + scenario_.documents * seconds(15) + paced)
        return "the world is fair, and no end comes";
    return {};
}

std::string World::broken_at_the_end() const {
    const bool finite = scenario_.theme == Theme::finite;
    if (finite ? !only_the_fated_are_left() : !topic_.everything_published_and_committed())
        return "the workers ended before everything was published and committed";
    for (const auto& process : processes_) {
        if (process.worker->stats().records_lost != process.source->lost())
            return "the worker does not know how many records were lost";
    }
    if (auto problem = repeated_without_cause(); !problem.empty()) return problem;
    if (scenario_.theme != Theme::steady) return {};
    if (auto problem = retry_behind_others(processes_.front()); !problem.empty()) return problem;
    return quota_under_use(scenario_, processes_.front());
}

std::string World::repeated_without_cause() const {
    // A last commit that failed is repeated by the next owner: at least once is the promise.
    const bool commits_fail = scenario_.faults.commit_fails > 0 || scenario_.faults.commit_unheard > 0;
    bool read_again = scenario_.repeats() || (commits_fail && scenario_.rebalances);
    for (const auto& process : processes_) read_again |= process.worker->stats().documents_abandoned > 0;
    if (read_again) return {};
    if (topic_.published_again() > 0) return "a document was published twice though nobody crashed";
    if (scenario_.workers > 1 || processes_.size() > 1) return {};  // each has a memory of its own
    for (const auto& [number, times] : provider_->paid) {
        const auto spoiled = provider_->spoiled.find(number);
        const std::size_t reasons = spoiled == provider_->spoiled.end() ? 0 : spoiled->second;
        const bool garbage = provider_->documents[number].fate == Fate::garbage;
        // What could not be used is not given to the next one who asks the same.
        const std::size_t copies = topic_.copies(number);
        const bool kept = provider_->documents[number].fate == Fate::labeled && reasons == 0;
        const std::size_t asked = garbage ? copies * (1 + scenario_.settings.retry.max_reasks) : (kept ? 1 : copies);
        if (times > asked + reasons)
            return "document " + std::to_string(number) + " was paid " + std::to_string(times) + " times";
    }
    return {};
}

Happened World::happened() const {
    Happened sum = happened_;
    sum.add(Happening::published_again, topic_.published_again());
    sum.add(Happening::finite_input, scenario_.theme == Theme::finite);
    for (const auto& process : processes_) {
        const auto& stats = process.worker->stats();
        sum.add(Happening::revocation, stats.revocations);
        sum.add(Happening::abandoned, stats.documents_abandoned);
        sum.add(Happening::records_lost, stats.records_lost);
        sum.add(Happening::skipped, stats.documents_skipped);
        sum.add(Happening::retry, stats.retries);
        sum.add(Happening::reask, stats.reasks);
        sum.add(Happening::shared_call, stats.cache_lookups[record::CacheTier::inflight]);
        sum.add(Happening::cache_hit, stats.cache_lookups[record::CacheTier::memory]);
        sum.add(Happening::write_failure, stats.write_failures);
        sum.add(Happening::commit_failure, stats.commit_failures);
        sum.add(Happening::partial_record, stats.documents_partial);
        sum.add(Happening::money_spent, stats.spent_up);
        sum.add(Happening::cached_input, stats.usage.cached_input_tokens);
        sum.add(Happening::uncounted_answer, stats.usage.uncounted);
        sum.add(Happening::finite_input_failed, !process.error.empty() && !stats.spent_up);
        for (const auto& [number, tried] : process.model->tried()) {
            const auto read_at = process.source->read_at(number);
            sum.add(Happening::waited_past_deadline,
                    read_at && tried.first_sent - *read_at > scenario_.settings.retry.deadline);
        }
        for (const auto& [reason, happening] : dead_letter_happenings) sum.add(happening, stats.dead_letters[reason]);
    }
    if (scenario_.theme == Theme::steady)
        sum.add(Happening::quota_measured, quota_measured(scenario_, processes_.front()));
    return sum;
}

std::string World::picture() const {
    std::string out = "\n  theme " + std::to_string(static_cast<int>(scenario_.theme)) +
                      (fair_since_ ? ", fair" : ", unfair") + ", weather " +
                      std::to_string(static_cast<int>(provider_->weather));
    for (const auto& process : processes_) {
        const auto& stats = process.worker->stats();
        out += "\n  worker " + std::to_string(process.member.id) + (process.member.alive ? "" : " killed") +
               (process.member.expelled ? " expelled" : "") + (process.stopping_since ? " stopping" : "") +
               (process.ended ? " ended" : "") + ": documents in flight " + std::to_string(stats.documents_in_flight) +
               ", calls in flight " + std::to_string(stats.calls_in_flight) + (stats.paused ? ", paused" : "") +
               (stats.draining ? ", draining" : "") + ", partitions " + std::to_string(stats.partitions_assigned) +
               ", mail " + std::to_string(process.member.mail.size()) + ", calls " +
               std::to_string(process.model->calls()) + ", learned calls a minute " +
               std::to_string(stats.learned_requests_per_minute) + ", at once " +
               std::to_string(stats.learned_in_flight);
    }
    return out + "\n  outputs " + std::to_string(topic_.outputs()) + ", records " + std::to_string(topic_.records());
}

}  // namespace prelabel::sim
