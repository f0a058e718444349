#include <prelabel/llm/openai_codec.hpp>
#include <prelabel/llm/remedy.hpp>
#include <prelabel/pipeline/answer_service.hpp>

#include <algorithm>
#include <utility>
#include <xxhash.h>

namespace prelabel::pipeline {
namespace {

/// So many calls in a row, over such a time, without one that works are the provider's trouble, not the documents'. The time
/// is there because failures come back faster than answers; it is shorter than a document's first three tries.
constexpr std::uint32_t failures_in_a_row_max = 16;
constexpr Duration failing_for_at_least = std::chrono::seconds(3);

AnswerKey key_of(const std::string& endpoint, const std::string& body, std::uint64_t secret) {
    const auto seed = XXH3_64bits_withSeed(endpoint.data(), endpoint.size(), secret);
    const auto hash = XXH3_128bits_withSeed(body.data(), body.size(), seed);
    return {hash.high64, hash.low64};
}

DeadLetterClass dead_letter_class(llm::ReplyClass reply) {
    switch (reply) {
        case llm::ReplyClass::context_length:
            return DeadLetterClass::context_length;
        case llm::ReplyClass::content_filter:
            return DeadLetterClass::content_filter;
        default:
            return DeadLetterClass::request_rejected;
    }
}

std::string gave_up(std::uint32_t attempts, const llm::CallFailure& failure) {
    return "gave up after " + std::to_string(attempts) + " calls, the last one: " + failure.message;
}

}  // namespace

AnswerService::AnswerService(Terms terms, Ports ports, Admission& admission, Stats& stats, EventListener on_event,
                             std::uint64_t seed)
    : terms_(std::move(terms)),
      ports_(ports),
      admission_(admission),
      stats_(stats),
      on_event_(std::move(on_event)),
      retry_(terms_.settings.retry.max_attempts),
      rng_(seed),
      key_secret_(rng_.next()) {}

Task<Obtained> AnswerService::obtain(Body body, std::shared_ptr<const Lease> lease) {
    const AnswerKey key = key_of(terms_.endpoint, *body, key_secret_);
    while (!flights_.lead(key)) {
        std::optional<Obtained> shared = co_await flights_.follow(key);
        if (lease->abandoned) co_return Abandoned{};
        if (!shared) continue;  // the leader left: whoever asks first leads now
        if (auto* answered = std::get_if<Answered>(&*shared)) {
            if (answered->tier == labeling::CacheTier::miss) answered->tier = labeling::CacheTier::inflight;
            answered->attempts = 0;
            answered->completion.usage = {};
            ++stats_.cache_lookups[static_cast<std::size_t>(answered->tier)];
        }
        co_return std::move(*shared);
    }
    Obtained obtained = co_await find_or_buy(key, std::move(body), std::move(lease));
    const bool left = std::holds_alternative<Abandoned>(obtained);
    flights_.land(key, left ? nullptr : &obtained);
    co_return obtained;
}

Task<Obtained> AnswerService::find_or_buy(AnswerKey key, Body body, std::shared_ptr<const Lease> lease) {
    std::optional<StoredAnswer> stored = co_await ports_.store.find(key);
    const auto tier = stored ? stored->tier : labeling::CacheTier::miss;
    ++stats_.cache_lookups[static_cast<std::size_t>(tier)];
    if (stored) {
        stored->completion.usage = {};
        co_return Answered{std::move(stored->completion), tier, 0};
    }
    Obtained obtained = co_await buy(std::move(body), std::move(lease));
    if (const auto* answered = std::get_if<Answered>(&obtained)) {
        llm::Completion paid = answered->completion;
        co_await ports_.store.put(key, std::move(paid));  // before anyone parses it
    }
    co_return obtained;
}

Task<Obtained> AnswerService::buy(Body body, std::shared_ptr<const Lease> lease) {
    TimePoint not_before = ports_.clock.now();
    TimePoint deadline = not_before + terms_.settings.retry.deadline;
    std::uint32_t attempts = 0;
    const std::uint64_t tokens = estimator_.estimate(body->size()) + terms_.max_output_tokens;
    for (;;) {
        const bool admitted = co_await admission_.admit(tokens, not_before, lease);
        if (!admitted) co_return Abandoned{};
        const TimePoint sent = ports_.clock.now();
        const bool probe = admission_.paused();
        ++attempts;
        llm::CallOutcome outcome = co_await ports_.model.call(body, sent + terms_.settings.call_timeout);
        const TimePoint now = ports_.clock.now();
        stats_.call_seconds.observe(now - sent);
        auto* failure = std::get_if<llm::CallFailure>(&outcome);
        ++stats_.calls[static_cast<std::size_t>(failure ? failure->reply : llm::ReplyClass::answered)];
        if (!failure) {
            provider_works();
            admission_.release();
            auto& completion = std::get<llm::Completion>(outcome);
            completion.usage.requests = 1;
            completion.usage.cost_usd = llm::cost_usd(completion.usage, terms_.price);
            stats_.usage += completion.usage;
            estimator_.observe(body->size(), completion.usage.input_tokens);
            co_return Answered{std::move(completion), labeling::CacheTier::miss, attempts};
        }
        const bool down = !admission_.closed() && provider_is_down(*failure);
        admission_.release();
        if (lease->abandoned) co_return Abandoned{};
        const llm::Remedy remedy = llm::remedy(failure->reply);
        if (remedy == llm::Remedy::end_document)
            co_return Failure{dead_letter_class(failure->reply), std::move(failure->message), attempts, 0};
        // While calls are stopped a document keeps its attempts and its time. A probe pays for itself unless a person has
        // to act, or a few documents that always fail would look like a provider that is down for ever.
        const bool own_fault = !down || (probe && remedy == llm::Remedy::retry);
        if (!own_fault || (admission_.paused() && !probe)) {
            --attempts;
            deadline = std::max(deadline, now + terms_.settings.retry.deadline);
            not_before = now + failure->retry_after.value_or(Duration::zero());
            continue;
        }
        const auto next = retry_.next(now, attempts, failure->retry_after, deadline, rng_);
        if (!next) co_return Failure{DeadLetterClass::deadline, gave_up(attempts, *failure), attempts, 0};
        ++stats_.retries;
        not_before = *next;
    }
}

bool AnswerService::provider_is_down(const llm::CallFailure& failure) {
    switch (llm::remedy(failure.reply)) {
        case llm::Remedy::none:
        case llm::Remedy::end_document:
            provider_works();
            return false;
        case llm::Remedy::retry: {
            if (failure.reply == llm::ReplyClass::throttled) {
                // It answers, so it works; but what it asks of one call it asks of all.
                if (failure.retry_after) admission_.hold_until(ports_.clock.now() + *failure.retry_after);
                provider_works();
                return false;
            }
            // While paused this was the probe: it has to end in a new wait.
            if (!admission_.paused() && !fails_again(ports_.clock.now())) return false;
            break;
        }
        case llm::Remedy::pause:
            break;
    }
    if (admission_.trip(failure.message)) on_event_(Paused{failure.message});
    return true;
}

bool AnswerService::fails_again(TimePoint now) {
    if (++failures_in_a_row_ == 1) failing_since_ = now;
    return failures_in_a_row_ >= failures_in_a_row_max && now - failing_since_ >= failing_for_at_least;
}

void AnswerService::provider_works() {
    failures_in_a_row_ = 0;
    if (admission_.resume()) on_event_(Resumed{});
}

}  // namespace prelabel::pipeline
