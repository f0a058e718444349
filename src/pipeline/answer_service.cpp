#include <prelabel/pipeline/answer_service.hpp>

#include <string>
#include <utility>

namespace prelabel::pipeline {
namespace {

/// Of the store, or else of the process.
Secret key_secret(const AnswerStore& store, Rng& rng) {
    Secret kept = store.key_secret();
    if (!kept.empty()) return kept;
    Rng secret(rng.next());
    std::string bytes;
    for (int i = 0; i < 32; ++i) bytes += static_cast<char>(secret.next());
    return Secret(std::move(bytes));
}

/// What was cut, filtered or refused is no answer to give to anybody else.
bool worth_keeping(const llm::Completion& completion) {
    return completion.finish == llm::FinishReason::stop || completion.finish == llm::FinishReason::other;
}

/// The leader's failure lies in the request itself, which the followers share; any other may be its own.
bool lies_in_the_request(const Unanswered& unanswered) {
    return unanswered.reason == DeadLetterClass::context_length || unanswered.reason == DeadLetterClass::content_filter;
}

}  // namespace

AnswerService::AnswerService(const Retry& retry, Ports ports, Stats& stats, std::uint64_t seed)
    : ports_(ports),
      stats_(stats),
      retry_(retry.max_attempts, retry.deadline),
      rng_(seed),
      keys_(key_secret(ports.store, rng_)) {}

async::Coroutine<Obtained> AnswerService::obtain(Request request, flow::Effort* effort, ScopePtr scope) {
    const AnswerKey key = keys_.of(ports_.endpoint.identity(), *ports_.endpoint.encode_as_configured(request));
    while (!flights_.lead(key)) {
        std::optional<Obtained> shared = co_await flights_.follow(key);
        if (scope->abandoned()) co_return Abandoned{};
        if (!shared) continue;  // the leader left, or failed by itself: whoever asks first leads now
        if (auto* answered = std::get_if<Answered>(&*shared)) {
            if (answered->tier == record::CacheTier::miss) answered->tier = record::CacheTier::inflight;
            answered->completion.usage = {};
            answered->took.reset();
            ++stats_.cache_lookups[answered->tier];
        } else if (auto* unanswered = std::get_if<Unanswered>(&*shared)) {
            unanswered->usage = {};
        }
        co_return std::move(*shared);
    }
    Obtained obtained = co_await find_or_buy(key, std::move(request), effort, std::move(scope));
    const auto* unanswered = std::get_if<Unanswered>(&obtained);
    const bool own = std::holds_alternative<Abandoned>(obtained) || (unanswered && !lies_in_the_request(*unanswered));
    flights_.land(key, own ? nullptr : &obtained);
    co_return obtained;
}

async::Coroutine<Obtained> AnswerService::find_or_buy(AnswerKey key, Request request, flow::Effort* effort,
                                                      ScopePtr scope) {
    std::optional<StoredAnswer> stored = co_await ports_.store.find(key);
    const auto tier = stored ? stored->tier : record::CacheTier::miss;
    ++stats_.cache_lookups[tier];
    if (stored) {
        stored->completion.usage = {};
        co_return Answered{key, std::move(stored->completion), tier, std::nullopt};
    }
    Obtained obtained = co_await buy(key, std::move(request), effort, std::move(scope));
    const auto* answered = std::get_if<Answered>(&obtained);
    if (answered && worth_keeping(answered->completion)) {
        llm::Completion paid = answered->completion;
        co_await ports_.store.put(key, std::move(paid));  // before anyone parses it
    }
    co_return obtained;
}

async::Coroutine<Obtained> AnswerService::buy(AnswerKey key, Request request, flow::Effort* effort, ScopePtr scope) {
    Endpoint& endpoint = ports_.endpoint;
    const std::uint64_t number = endpoint.new_request();
    Trial trial(number);
    llm::Usage in_vain;
    Turn turn = effort->calls == 0 ? Turn::fresh : Turn::again;
    Endpoint::Shaped asked = endpoint.encode(request);
    for (;;) {
        Permit permit = co_await endpoint.admit(endpoint.demand(asked.body, turn), scope);
        if (!permit) co_return left(number);
        if (!endpoint.takes(asked)) asked = endpoint.encode(request);  // learned while it waited
        ++effort->calls;
        llm::CallOutcome outcome = co_await endpoint.call(permit.sent(), asked.body);
        if (auto* completion = std::get_if<llm::Completion>(&outcome)) {
            const Duration took = ports_.clock.now() - permit.sent();
            endpoint.paid(std::move(permit), *completion);
            completion->usage += in_vain;
            Answered answered{key, std::move(*completion), record::CacheTier::miss, took};
            co_return answered;
        }
        if (endpoint.admission().closed()) co_return Abandoned{};
        auto& failure = std::get<llm::CallFailure>(outcome);
        in_vain += failure.usage;
        if (endpoint.reshaped(permit, failure, asked.version)) {
            --effort->calls;
            if (scope->abandoned()) co_return left(number);
            turn = Turn::again;
            continue;
        }
        const TimePoint now = ports_.clock.now();
        const FailedCall call{failure, permit.sent(), now, permit.whole_minute()};
        Decision decision = trial.failed(call, *effort, {retry_, endpoint.health(), rng_, last_documents_});
        // also what a document met that nobody wants any more
        const Duration wait = endpoint.failed(std::move(permit), failure, decision);
        if (scope->abandoned()) co_return left(number);
        if (decision.end) {
            decision.end->usage = in_vain;
            co_return std::move(*decision.end);
        }
        ++stats_.retries;
        const bool waited = co_await endpoint.admission().wait_until(now + wait, scope);
        if (!waited) co_return left(number);
        turn = trial.turn(endpoint.health());
    }
}

Abandoned AnswerService::left(std::uint64_t number) {
    ports_.endpoint.left(number);
    return {};
}

}  // namespace prelabel::pipeline
