#pragma once

#include <prelabel/base/rng.hpp>
#include <prelabel/flow/endpoint_health.hpp>
#include <prelabel/flow/retry_policy.hpp>
#include <prelabel/llm/settings.hpp>
#include <prelabel/pipeline/admission.hpp>
#include <prelabel/pipeline/answer_store.hpp>
#include <prelabel/pipeline/dead_letter.hpp>
#include <prelabel/pipeline/event.hpp>
#include <prelabel/pipeline/model.hpp>
#include <prelabel/pipeline/single_flight.hpp>
#include <prelabel/pipeline/trial.hpp>

#include <cstdint>
#include <memory>
#include <string>
#include <variant>

namespace prelabel::pipeline {

/// An answer and what it cost this document: nothing when it was there already or somebody else is paying.
struct Answered {
    AnswerKey key;
    llm::Completion completion;
    record::CacheTier tier = record::CacheTier::miss;
};

/// The lease was abandoned, or the worker is ending.
struct Abandoned {};

using Obtained = std::variant<Answered, Failure, Abandoned>;

/// Gets the answer to a request and pays at most once for it: store ▸ single-flight ▸ admission ▸ call ▸ retry ▸ store.
/// What a failed call means is decided by `Trial`; here it is carried out.
class AnswerService {
public:
    struct Ports {
        Model& model;
        AnswerStore& store;
        async::Clock& clock;
    };

    struct Terms {
        Settings settings;
        llm::Price price;
        std::string endpoint;  ///< part of an answer's identity
    };

    AnswerService(Terms terms, Ports ports, Admission& admission, Stats& stats, EventListener on_event,
                  std::uint64_t seed);

    /// `effort` is the document's, over all its requests; it outlives the call.
    [[nodiscard]] async::Coroutine<Obtained> obtain(Body body, flow::Effort* effort,
                                                    std::shared_ptr<const Lease> lease);
    /// The answer could not be used: whoever asks the same again pays for another one.
    void forget(const AnswerKey& key) { ports_.store.forget(key); }
    /// No new document will come: the last ones have nobody else to be compared with.
    void no_more_documents() { last_documents_ = true; }

private:
    [[nodiscard]] async::Coroutine<Obtained> find_or_buy(AnswerKey key, Body body, flow::Effort* effort,
                                                         std::shared_ptr<const Lease> lease);
    [[nodiscard]] async::Coroutine<Obtained> buy(AnswerKey key, Body body, flow::Effort* effort,
                                                 std::shared_ptr<const Lease> lease);
    [[nodiscard]] Abandoned left(std::uint64_t request);
    [[nodiscard]] Answered paid(AnswerKey key, llm::Completion completion, std::size_t body_bytes, TimePoint sent);
    /// What everybody has to know of a failed call: limits, holds, pauses.
    void spread(const llm::CallFailure& failure, TimePoint sent, Decision& decision);
    void pause(PauseCause cause, const llm::CallFailure& failure);
    void works(TimePoint sent);
    void learn(const llm::ShownLimits& limits);

    Terms terms_;
    Ports ports_;
    Admission& admission_;
    Stats& stats_;
    EventListener on_event_;
    flow::RetryPolicy retry_;
    flow::EndpointHealth health_;
    Rng rng_;
    const std::uint64_t key_secret_;  // a document cannot be made to collide with another's request
    SingleFlight<Obtained> flights_;
    std::uint64_t requests_ = 0;
    bool last_documents_ = false;
    PauseCause pause_cause_ = PauseCause::outage;  // of the pause under way
};

}  // namespace prelabel::pipeline
