#pragma once

#include <prelabel/base/rng.hpp>
#include <prelabel/flow/retry_policy.hpp>
#include <prelabel/llm/settings.hpp>
#include <prelabel/llm/token_estimator.hpp>
#include <prelabel/pipeline/admission.hpp>
#include <prelabel/pipeline/answer_store.hpp>
#include <prelabel/pipeline/dead_letter.hpp>
#include <prelabel/pipeline/event.hpp>
#include <prelabel/pipeline/model.hpp>
#include <prelabel/pipeline/single_flight.hpp>

#include <cstdint>
#include <memory>
#include <string>
#include <variant>

namespace prelabel::pipeline {

/// An answer and what it cost this document: nothing when it was there already or somebody else is paying.
struct Answered {
    llm::Completion completion;
    labeling::CacheTier tier = labeling::CacheTier::miss;
    std::uint32_t attempts = 0;
};

/// The lease was abandoned, or the worker is ending.
struct Abandoned {};

using Obtained = std::variant<Answered, Failure, Abandoned>;

/// Gets the answer to a request and pays at most once for it: store ▸ single-flight ▸ admission ▸ call ▸ retry ▸ store.
class AnswerService {
public:
    struct Ports {
        Model& model;
        AnswerStore& store;
        Clock& clock;
    };

    struct Terms {
        Settings settings;
        llm::Price price;
        std::uint32_t max_output_tokens;  ///< providers count these on arrival, used or not
        std::string endpoint;             ///< part of an answer's identity
    };

    AnswerService(Terms terms, Ports ports, Admission& admission, Stats& stats, EventListener on_event,
                  std::uint64_t seed);

    [[nodiscard]] Task<Obtained> obtain(Body body, std::shared_ptr<const Lease> lease);

private:
    [[nodiscard]] Task<Obtained> find_or_buy(AnswerKey key, Body body, std::shared_ptr<const Lease> lease);
    [[nodiscard]] Task<Obtained> buy(Body body, std::shared_ptr<const Lease> lease);
    /// Looks at a failed call for everybody's sake. True when it says something about the provider, not about this
    /// document.
    bool provider_is_down(const llm::CallFailure& failure);
    /// True when calls have failed for so long that it is the provider.
    [[nodiscard]] bool fails_again(TimePoint now);
    void provider_works();

    Terms terms_;
    Ports ports_;
    Admission& admission_;
    Stats& stats_;
    EventListener on_event_;
    flow::RetryPolicy retry_;
    Rng rng_;
    const std::uint64_t key_secret_;  // a document cannot be made to collide with another's request
    llm::TokenEstimator estimator_;
    SingleFlight<Obtained> flights_;
    std::uint32_t failures_in_a_row_ = 0;
    TimePoint failing_since_{};  // the first of them
};

}  // namespace prelabel::pipeline
