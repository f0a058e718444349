#include <prelabel/llm/advice.hpp>
#include <prelabel/llm/remedy.hpp>
#include <prelabel/pipeline/trial.hpp>

#include <algorithm>
#include <string>
#include <utility>

namespace prelabel::pipeline {
namespace {

/// A document that meets so many 429s while others are answered does not fit the provider's limit at all.
constexpr std::uint32_t throttles_max = 20;
/// A minute's tokens were kept for it alone, so many times, and it was refused all the same.
constexpr std::uint32_t too_large_max = 3;
/// The last documents of a file may be the only ones left that meet a limit: no other is answered to show it.
constexpr Duration last_throttles_patience = std::chrono::minutes(5);
/// Refused once and once more: what a firewall or a moderation does may change, so 403 has all attempts.
constexpr std::uint32_t refusals_max = 2;
/// A document alone is asked so often before its refusal is taken for everybody's.
constexpr std::uint32_t unproven_max = 3;
/// So many documents that end without any answer yet are not all bad.
constexpr std::size_t ended_before_any_answer = 16;
/// The last documents of a file fail alone; nobody waits ten minutes for them.
constexpr Duration last_documents_patience = std::chrono::minutes(1);

DeadLetterClass dead_letter_class(llm::ReplyClass reply) {
    switch (reply) {
        case llm::ReplyClass::context_length:
            return DeadLetterClass::context_length;
        case llm::ReplyClass::content_filter:
            return DeadLetterClass::content_filter;
        case llm::ReplyClass::malformed_reply:
            return DeadLetterClass::invalid_answer;
        default:
            return DeadLetterClass::request_rejected;
    }
}

/// A field of the request that is the same for all documents was refused.
bool names_what_all_share(const llm::CallFailure& failure) {
    return !failure.parameter.empty() && !failure.parameter.starts_with("messages");
}

std::string calls(const flow::Effort& effort) { return std::to_string(effort.calls) + " calls, the last one: "; }

Decision end(DeadLetterClass reason, std::string message) {
    Decision decision;
    decision.end = Unanswered{reason, std::move(message)};
    return decision;
}

}  // namespace

Decision Trial::failed(const FailedCall& call, flow::Effort& effort, const Bench& bench) {
    ++failures_;
    whole_minute_ = call.whole_minute;
    Decision decision = judged(call, effort, bench);
    if (decision.end) decision.end->said = llm::own_words(call.failure);
    suspect_ = decision.suspect;
    failed_at_ = call.returned;
    return decision;
}

Turn Trial::turn(const flow::EndpointHealth& health) const {
    if (suspect_ && !others_accepted(health)) return Turn::suspect;
    return whole_minute_ ? Turn::fresh : Turn::again;  // else it would hold all others back each time
}

Decision Trial::judged(const FailedCall& call, flow::Effort& effort, const Bench& bench) {
    if (!call.failure.key.empty()) return for_a_person(call, effort, bench);
    switch (llm::remedy(call.failure.reply)) {
        case llm::Remedy::none:
        case llm::Remedy::end_document:
            return end_document(call, bench);
        case llm::Remedy::hold:
            return throttled(call, effort, bench);
        case llm::Remedy::rest:
            return {};
        case llm::Remedy::retry:
            return healed_by_time(call, effort, bench);
        case llm::Remedy::confirm:
            return to_confirm(call, effort, bench);
        case llm::Remedy::pause:
            return for_a_person(call, effort, bench);
    }
    return {};
}

Decision Trial::end_document(const FailedCall& call, const Bench& bench) {
    const llm::CallFailure& failure = call.failure;
    bench.health.alive();  // the endpoint is there; whether it takes others' requests is not said
    Decision decision = end(dead_letter_class(failure.reply), failure.message);
    // Documents that are too long, one after another and before anything was ever answered, are a limit of ours.
    if (bench.health.ever_answered()) return decision;
    bench.health.refused(document_, call.returned);
    if (bench.health.refuses_all(ended_before_any_answer)) decision.pause = PauseCause::person;
    return decision;
}

Decision Trial::throttled(const FailedCall& call, const flow::Effort& effort, const Bench& bench) {
    const TimePoint now = call.returned;
    bench.health.alive();
    if (failed_at_ && bench.health.answered_since(*failed_at_)) ++throttles_;
    if (!throttled_since_) throttled_since_ = now;
    if (whole_minute_ && ++too_large_ == too_large_max)
        return end(DeadLetterClass::context_length, "refused (429) though a minute's tokens were kept for it, " +
                                                        std::to_string(too_large_max) +
                                                        " times: it is larger than the limit of tokens a minute");
    const bool alone = bench.last_documents && bench.health.ever_answered() && failures_ >= throttles_max &&
                       now - *throttled_since_ >= last_throttles_patience;
    if (throttles_ < throttles_max && !alone) return {};
    return end(DeadLetterClass::request_rejected,
               "throttled each time, also while others were answered or nothing else was asked: the request may be "
               "larger than the provider's limit of tokens a minute; gave up after " +
                   std::to_string(effort.calls) + " calls");
}

Decision Trial::healed_by_time(const FailedCall& call, flow::Effort& effort, const Bench& bench) {
    const llm::CallFailure& failure = call.failure;
    const TimePoint now = call.returned;
    Decision decision;
    decision.wait = flow::RetryPolicy::wait(failures_, failure.retry_after, bench.rng);
    // What the provider asked for is its time, not the document's.
    const Duration own_wait = failure.retry_after ? Duration::zero() : decision.wait;
    const Duration cost = now - call.sent + own_wait;
    failed_calls_.push_back({failed_at_.value_or(call.sent), now, cost});
    prove(now, effort, bench.health);
    // Whoever failed while others were answered says nothing against the endpoint.
    if (effort.attempts == 0) bench.health.failed(document_, now);
    const bool proven = failed_calls_.empty();
    const bool alone = !proven && bench.health.only_a_few_fail();
    if (alone) effort.time += std::exchange(failed_calls_.back().cost, Duration::zero());
    const bool patience_ends = alone && bench.last_documents && effort.time >= last_documents_patience;
    if (bench.policy.used_up(effort) || patience_ends)
        return end(DeadLetterClass::deadline, "gave up after " + calls(effort) + failure.message);
    if (!proven && bench.health.down(now)) decision.pause = PauseCause::outage;
    return decision;
}

void Trial::prove(TimePoint now, flow::Effort& effort, const flow::EndpointHealth& health) {
    std::erase_if(failed_calls_, [&](const Unproven& failed) {
        if (!health.accepted_between(failed.from, failed.to)) return now - failed.to > flow::EndpointHealth::remembers;
        ++effort.attempts;
        effort.time += failed.cost;
        return true;
    });
}

void Trial::new_reason(const llm::CallFailure& failure) {
    if (std::exchange(refused_as_, failure.reply) == failure.reply) return;
    refused_at_.reset();
    refusals_ = 0;
    proven_ = false;
}

Decision Trial::to_confirm(const FailedCall& call, flow::Effort& effort, const Bench& bench) {
    const llm::CallFailure& failure = call.failure;
    const TimePoint now = call.returned;
    bench.health.refused(document_, now);
    new_reason(failure);
    const bool may_change = failure.reply == llm::ReplyClass::forbidden;
    const bool shared = names_what_all_share(failure) || (may_change && !bench.health.ever_answered());
    const bool accepted = others_accepted(bench.health);
    proven_ |= accepted;
    // Where no new document will come, or others were accepted before, it is refused for itself. A document that meets
    // nobody is given its time: somebody may come.
    const bool own = accepted || (!shared && bench.health.ever_answered() && (proven_ || bench.last_documents));
    const bool alone = !own && !shared && bench.health.only_a_few_are_refused();
    // One that nobody explains yet leaves the time of the one before: answers come later than refusals.
    if (!refused_at_ || own) {
        ++refusals_;
        refused_at_ = now;
    }
    unproven_ = own ? 0 : unproven_ + 1;
    if (own) effort.attempts = std::max(effort.attempts, refusals_);
    Decision decision;
    decision.suspect = true;
    decision.wait = flow::RetryPolicy::wait(failures_, failure.retry_after, bench.rng);
    if (alone) effort.time += now - call.sent + decision.wait;
    const std::uint32_t most = may_change ? std::max(refusals_max, bench.policy.max_attempts()) : refusals_max;
    if (refusals_ >= most || (alone && bench.policy.time_used_up(effort)))
        return end(dead_letter_class(failure.reply), "refused again after " + calls(effort) + failure.message);

    const std::size_t all = shared ? flow::EndpointHealth::few : flow::EndpointHealth::refused_by_all;
    const bool nobody_else = !own && !alone && unproven_ >= unproven_max;
    if (nobody_else || bench.health.refuses_all(all)) decision.pause = PauseCause::person;
    return decision;
}

Decision Trial::for_a_person(const FailedCall& call, flow::Effort& effort, const Bench& bench) {
    const llm::CallFailure& failure = call.failure;
    Decision decision;
    decision.suspect = true;
    new_reason(failure);
    // Once others were accepted after it was refused, it is refused for itself, also where nobody else is left.
    proven_ |= others_accepted(bench.health);
    refused_at_ = call.returned;
    if (!proven_) {
        decision.pause = PauseCause::person;
        return decision;
    }
    const bool used_up = ++refusals_ >= std::max(refusals_max, bench.policy.max_attempts());
    if (used_up && !failure.key.empty()) {
        // All requests have what is refused: one of several servers refuses it, and no document is at fault.
        refusals_ = 0;
        decision.pause = PauseCause::person;
        return decision;
    }
    if (failure.key.empty()) effort.attempts = std::max(effort.attempts, refusals_);
    if (used_up)
        return end(DeadLetterClass::request_rejected, "refused again after " + calls(effort) + failure.message);
    decision.wait = flow::RetryPolicy::wait(failures_, failure.retry_after, bench.rng);
    return decision;
}

}  // namespace prelabel::pipeline
