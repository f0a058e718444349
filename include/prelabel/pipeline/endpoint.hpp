#pragma once

#include <prelabel/flow/endpoint_health.hpp>
#include <prelabel/llm/codec.hpp>
#include <prelabel/llm/context_cut.hpp>
#include <prelabel/llm/request_shape.hpp>
#include <prelabel/pipeline/admission.hpp>
#include <prelabel/pipeline/event.hpp>
#include <prelabel/pipeline/model.hpp>
#include <prelabel/pipeline/request.hpp>
#include <prelabel/pipeline/trial.hpp>

#include <cstdint>
#include <optional>
#include <string>

namespace prelabel::pipeline {

/// Where answers are bought: one model of one account, spoken to in its dialect, with its limits, its price and what is
/// known of its health. A call goes
///
///   encode ▸ admit ▸ call ▸ paid, or failed: what everybody has to know of it (limits, holds, pauses) is spread here
///                        └▸ refused for its shape: encoded anew, without what this model does not take
///
/// What a failure means for the one document is its Trial's to decide.
/// Threads: confined to the loop.   Lifetime: outlives the calls; the ports outlive it.
class Endpoint {
public:
    struct Terms {
        llm::ModelSettings model;
        llm::Price price;
        Limits limits;
        Duration call_timeout = std::chrono::seconds(120);
        Duration first_call_alone{};  ///< as in Settings
        std::optional<double> cost_max_usd{};
    };
    struct Ports {
        Model& model;
        async::Clock& clock;
    };

    Endpoint(Terms terms, Ports ports, Stats& stats, EventListener on_event);

    [[nodiscard]] const llm::ModelSettings& model() const { return codec_.settings(); }
    /// Part of an answer's identity: two endpoints never share one.
    [[nodiscard]] const std::string& identity() const { return identity_; }
    /// A request's bytes, and the shape that they have.
    struct Shaped {
        Body body;
        std::size_t version = 0;
    };
    /// As it is configured, whatever was learned: equal requests are equal bytes as long as the process lives.
    [[nodiscard]] Body encode_as_configured(const Request& request) const;
    /// As the model takes it.
    [[nodiscard]] Shaped encode(const Request& request) const;
    [[nodiscard]] bool takes(const Shaped& shaped) const { return shaped.version == shape_.version(); }
    [[nodiscard]] Demand demand(const Body& body, Turn turn) const;

    /// A number for one request, by which its failures are told from others'.
    [[nodiscard]] std::uint64_t new_request() { return ++requests_; }
    /// Waits for its turn: empty when nobody wants the answer any more.
    [[nodiscard]] async::Coroutine<Permit> admit(Demand demand, ScopePtr scope) {
        return admission_.admit(demand, std::move(scope));
    }
    /// The call that `permit` allows, with the cost of what its reply counts. Never throws.
    /// It is settled by paid() or failed().
    [[nodiscard]] async::Coroutine<llm::CallOutcome> call(TimePoint sent, Body body);
    /// The call was answered, so the endpoint works.
    void paid(Permit permit, const llm::Completion& completion);
    /// The call failed, and `decision` is what its document makes of it. Gives the call's own wait before the next.
    [[nodiscard]] Duration failed(Permit permit, const llm::CallFailure& failure, const Decision& decision);
    /// Whether the call failed for its shape alone: then its document has failed in nothing, and the request is sent
    /// again as encode() makes it now. Otherwise the permit is settled by failed(), and `failure` has the key that only
    /// a person can change, if there is one.
    [[nodiscard]] bool reshaped(Permit& permit, llm::CallFailure& failure, std::size_t version);
    /// The request is given up: it stands for nothing any more.
    void left(std::uint64_t request) { health_.left(request); }

    [[nodiscard]] Admission& admission() { return admission_; }
    [[nodiscard]] flow::EndpointHealth& health() { return health_; }
    [[nodiscard]] std::size_t documents_worth_reading() const {
        return admission_.documents_worth_reading(model().max_output_tokens);
    }

private:
    void bill(llm::CallOutcome& outcome);
    void pause(PauseCause cause, const llm::CallFailure& failure);
    void works(TimePoint sent);
    void tell(const Lesson& lesson, const llm::ShownLimits& limits);

    llm::Codec codec_;
    llm::RequestShape shape_;
    llm::ContextCut cut_;
    llm::Price price_;
    Duration call_timeout_;
    std::string identity_;
    Ports ports_;
    Stats& stats_;
    EventListener on_event_;
    Admission admission_;
    flow::EndpointHealth health_;
    std::uint64_t requests_ = 0;
    PauseCause pause_cause_ = PauseCause::outage;  // of the pause under way
};

}  // namespace prelabel::pipeline
