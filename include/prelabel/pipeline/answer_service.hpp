#pragma once

#include <prelabel/base/rng.hpp>
#include <prelabel/flow/retry_policy.hpp>
#include <prelabel/pipeline/answer_store.hpp>
#include <prelabel/pipeline/endpoint.hpp>
#include <prelabel/pipeline/request.hpp>
#include <prelabel/pipeline/scope.hpp>
#include <prelabel/pipeline/settings.hpp>
#include <prelabel/pipeline/single_flight.hpp>
#include <prelabel/pipeline/trial.hpp>

#include <cstdint>
#include <optional>
#include <variant>

namespace prelabel::pipeline {

/// An answer and what it cost this document: nothing when it was there already or somebody else is paying.
struct Answered {
    AnswerKey key;
    llm::Completion completion;
    record::CacheTier tier = record::CacheTier::miss;
    std::optional<Duration> took{};  ///< from sending its call to its reply; none for who did not make it
};

/// The scope was abandoned, or the worker is ending.
struct Abandoned {};

using Obtained = std::variant<Answered, Unanswered, Abandoned>;

/// Gets the answer to a request and pays at most once for it: store ▸ single-flight ▸ admission ▸ call ▸ retry ▸ store.
/// What a failed call means is decided by `Trial`; what it means for everybody, by the `Endpoint`.
class AnswerService {
public:
    struct Ports {
        Endpoint& endpoint;
        AnswerStore& store;
        async::Clock& clock;
    };

    AnswerService(const Retry& retry, Ports ports, Stats& stats, std::uint64_t seed);

    /// `effort` is the document's, over all its requests; it outlives the call.
    [[nodiscard]] async::Coroutine<Obtained> obtain(Request request, flow::Effort* effort, ScopePtr scope);
    /// The answer could not be used: whoever asks the same again pays for another one.
    void forget(const AnswerKey& key) { ports_.store.forget(key); }
    /// No new document will come: the last ones have nobody else to be compared with.
    void no_more_documents() { last_documents_ = true; }

private:
    [[nodiscard]] async::Coroutine<Obtained> find_or_buy(AnswerKey key, Request request, flow::Effort* effort,
                                                         ScopePtr scope);
    [[nodiscard]] async::Coroutine<Obtained> buy(AnswerKey key, Request request, flow::Effort* effort, ScopePtr scope);
    [[nodiscard]] Abandoned left(std::uint64_t number);

    Ports ports_;
    Stats& stats_;
    flow::RetryPolicy retry_;
    Rng rng_;
    AnswerKeys keys_;
    SingleFlight<Obtained> flights_;
    bool last_documents_ = false;
};

}  // namespace prelabel::pipeline
