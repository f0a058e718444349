#include <prelabel/llm/advice.hpp>
#include <prelabel/llm/cost.hpp>
#include <prelabel/llm/remedy.hpp>
#include <prelabel/pipeline/answer_service.hpp>

#include <algorithm>
#include <utility>
#include <xxhash.h>

namespace prelabel::pipeline {
namespace {

AnswerKey key_of(const std::string& endpoint, const std::string& body, std::uint64_t secret) {
    const auto seed = XXH3_64bits_withSeed(endpoint.data(), endpoint.size(), secret);
    const auto hash = XXH3_128bits_withSeed(body.data(), body.size(), seed);
    return {hash.high64, hash.low64};
}

/// What was cut, filtered or refused is no answer to give to anybody else.
bool worth_keeping(const llm::Completion& completion) {
    return completion.finish == llm::FinishReason::stop || completion.finish == llm::FinishReason::other;
}

/// The leader's failure lies in the request itself, which the followers share; any other may be its own.
bool lies_in_the_request(const Failure& failure) {
    return failure.reason == DeadLetterClass::context_length || failure.reason == DeadLetterClass::content_filter;
}

std::string limits_said(const llm::ShownLimits& limits) {
    std::string text = "the provider's headers allow";
    if (limits.requests_per_minute > 0) text += " " + std::to_string(limits.requests_per_minute) + " requests";
    if (limits.tokens_per_minute > 0) text += " " + std::to_string(limits.tokens_per_minute) + " tokens";
    return text + " a minute: calls are paced by that where llm.limits says nothing";
}

}  // namespace

AnswerService::AnswerService(Terms terms, Ports ports, Admission& admission, Stats& stats, EventListener on_event,
                             std::uint64_t seed)
    : terms_(std::move(terms)),
      ports_(ports),
      admission_(admission),
      stats_(stats),
      on_event_(std::move(on_event)),
      retry_(terms_.settings.retry.max_attempts, terms_.settings.retry.deadline),
      rng_(seed),
      key_secret_(rng_.next()) {}

async::Coroutine<Obtained> AnswerService::obtain(Body body, flow::Effort* effort, std::shared_ptr<const Lease> lease) {
    const AnswerKey key = key_of(terms_.endpoint, *body, key_secret_);
    while (!flights_.lead(key)) {
        std::optional<Obtained> shared = co_await flights_.follow(key);
        if (lease->abandoned) co_return Abandoned{};
        if (!shared) continue;  // the leader left, or failed by itself: whoever asks first leads now
        if (auto* answered = std::get_if<Answered>(&*shared)) {
            if (answered->tier == record::CacheTier::miss) answered->tier = record::CacheTier::inflight;
            answered->completion.usage = {};
            ++stats_.cache_lookups[answered->tier];
        }
        co_return std::move(*shared);
    }
    Obtained obtained = co_await find_or_buy(key, std::move(body), effort, std::move(lease));
    const auto* failure = std::get_if<Failure>(&obtained);
    const bool own = std::holds_alternative<Abandoned>(obtained) || (failure && !lies_in_the_request(*failure));
    flights_.land(key, own ? nullptr : &obtained);
    co_return obtained;
}

async::Coroutine<Obtained> AnswerService::find_or_buy(AnswerKey key, Body body, flow::Effort* effort,
                                                      std::shared_ptr<const Lease> lease) {
    std::optional<StoredAnswer> stored = co_await ports_.store.find(key);
    const auto tier = stored ? stored->tier : record::CacheTier::miss;
    ++stats_.cache_lookups[tier];
    if (stored) {
        stored->completion.usage = {};
        co_return Answered{key, std::move(stored->completion), tier};
    }
    Obtained obtained = co_await buy(key, std::move(body), effort, std::move(lease));
    const auto* answered = std::get_if<Answered>(&obtained);
    if (answered && worth_keeping(answered->completion)) {
        llm::Completion paid = answered->completion;
        co_await ports_.store.put(key, std::move(paid));  // before anyone parses it
    }
    co_return obtained;
}

async::Coroutine<Obtained> AnswerService::buy(AnswerKey key, Body body, flow::Effort* effort,
                                              std::shared_ptr<const Lease> lease) {
    const std::uint64_t request = ++requests_;
    Trial trial(request);
    Turn turn = effort->calls == 0 ? Turn::fresh : Turn::again;
    for (;;) {
        const bool admitted = co_await admission_.admit(body->size(), turn, lease);
        if (!admitted) co_return left(request);
        const TimePoint sent = ports_.clock.now();
        const bool whole_minute = admission_.takes_a_whole_minute(body->size());
        trial.takes_a_whole_minute(whole_minute);
        const auto call = health_.sent(sent);
        ++effort->calls;
        llm::CallOutcome outcome = co_await ports_.model.call(body, sent + terms_.settings.call_timeout);
        const TimePoint now = ports_.clock.now();
        health_.returned(call);
        stats_.call_seconds.observe(now - sent);
        if (auto* completion = std::get_if<llm::Completion>(&outcome)) {
            Answered answered = paid(key, std::move(*completion), body->size(), sent);
            co_return answered;
        }
        const auto& failure = std::get<llm::CallFailure>(outcome);
        ++stats_.calls[failure.reply];
        if (admission_.closed()) {
            admission_.release();
            co_return Abandoned{};
        }
        Decision decision = trial.failed(failure, sent, now, *effort, {retry_, health_, rng_, last_documents_});
        spread(failure, sent, decision);  // also what a document met that nobody wants any more
        admission_.release();
        if (lease->abandoned) co_return left(request);
        if (decision.end) co_return std::move(*decision.end);
        ++stats_.retries;
        const bool waited = co_await admission_.wait_until(now + decision.wait, lease);
        if (!waited) co_return left(request);
        turn = trial.others_accepted(health_) ? Turn::again : decision.turn;
        if (whole_minute && turn == Turn::again) turn = Turn::fresh;  // else it would hold all others back each time
    }
}

Abandoned AnswerService::left(std::uint64_t request) {
    health_.left(request);
    return {};
}

Answered AnswerService::paid(AnswerKey key, llm::Completion completion, std::size_t body_bytes, TimePoint sent) {
    ++stats_.calls[llm::ReplyClass::answered];
    health_.answered(sent, ports_.clock.now());
    works(sent);
    learn(completion.limits);
    admission_.answered(sent);
    admission_.counted(body_bytes, completion.usage.input_tokens);
    admission_.release();
    completion.usage.requests = 1;
    completion.usage.cost_usd = llm::cost_usd(completion.usage, terms_.price);
    stats_.usage += completion.usage;
    if (completion.usage_malformed) ++stats_.malformed_usage;
    return {key, std::move(completion), record::CacheTier::miss};
}

void AnswerService::spread(const llm::CallFailure& failure, TimePoint sent, Decision& decision) {
    learn(failure.limits);
    const llm::Remedy remedy = llm::remedy(failure.reply);
    if (remedy == llm::Remedy::hold) {
        const auto refused = admission_.throttled(sent, failure.retry_after);
        decision.wait = refused.wait;
        if (refused.learned_first)
            on_event_(
                Learned{"the provider refuses calls that come so fast (429): its rate is learned from now on; "
                        "llm.limits can state it"});
    }
    if (remedy == llm::Remedy::rest && admission_.crowded(sent))
        on_event_(Trouble{failure.message + "; " + llm::advice(failure)});
    if (decision.pause) return pause(*decision.pause, failure);
    if (!admission_.paused()) return;
    // A provider that judges a document or says "slower" is back; anything else says that the probe found nothing better.
    const bool there = remedy == llm::Remedy::hold || remedy == llm::Remedy::end_document;
    const bool back = there && pause_cause_ == PauseCause::outage;
    if (!back) return pause(pause_cause_, failure);
    if (admission_.resume()) on_event_(Resumed{});
}

void AnswerService::pause(PauseCause cause, const llm::CallFailure& failure) {
    const bool worse = cause == PauseCause::person && pause_cause_ == PauseCause::outage;
    const std::string reason = failure.message + "; " + llm::advice(failure);
    const bool began = admission_.trip(reason);
    if (began || worse) pause_cause_ = cause;
    if (began || worse) on_event_(Paused{cause, reason});
}

void AnswerService::works(TimePoint sent) {
    if (admission_.resume()) {
        pause_cause_ = PauseCause::outage;
        on_event_(Resumed{});
    }
    admission_.clear_suspects(sent);
}

void AnswerService::learn(const llm::ShownLimits& limits) {
    if (admission_.shown(limits)) on_event_(Learned{limits_said(limits)});
}

}  // namespace prelabel::pipeline
