#pragma once

#include <prelabel/base/rng.hpp>
#include <prelabel/flow/endpoint_health.hpp>
#include <prelabel/flow/retry_policy.hpp>
#include <prelabel/llm/completion.hpp>
#include <prelabel/pipeline/dead_letter.hpp>
#include <prelabel/pipeline/event.hpp>
#include <prelabel/pipeline/permit.hpp>

#include <cstdint>
#include <deque>
#include <optional>
#include <string>

namespace prelabel::pipeline {

/// Why an endpoint gave a document no answer. That is not yet the document's end: another endpoint may answer it.
/// `message` never carries document text.
struct Unanswered {
    DeadLetterClass reason = DeadLetterClass::request_rejected;
    std::string message;
    std::string said = {};  ///< the provider's own words about the last failure, which may quote the document
    llm::Usage usage = {};  ///< of calls whose reply holds no answer and was charged all the same
};

/// A call that failed, as its document sees it.
struct FailedCall {
    const llm::CallFailure& failure;
    TimePoint sent;
    TimePoint returned;
    bool whole_minute = false;  ///< it was charged all the tokens of a minute
};

/// What follows from a failed call.
struct Decision {
    std::optional<Unanswered> end;    ///< the request's end here; else it is asked again
    std::optional<PauseCause> pause;  ///< all calls stop
    Duration wait{};                  ///< before it is asked again, in its own time
    bool suspect = false;             ///< the document itself may be the reason
};

/// One request on its way to an answer: decides after each failed call whether it was the document, the request, the
/// endpoint or this process, by what other documents' calls met meanwhile.
///
///   time heals it (5xx, resets, time-outs)    an attempt counts when what others sent at that time was answered
///   refused, forbidden, unreadable            asked again behind new documents; the document's end when it is refused
///                                             again although others were accepted since; a pause when all are refused
///   429, a limit of this machine              nobody's fault: neither attempts nor time; the document's end when it is
///                                             refused each time while others are answered, or is the last one, or
///                                             three times though a whole minute's tokens were kept for it
///   too long, filtered                        the document's end; a pause when all are, and nothing was ever answered
///   key, money, model, address                a pause, unless others were accepted since
///   a part that only the configuration has    a pause, and never the document's end
///
/// Pure: it learns the time and the others from its arguments.
class Trial {
public:
    /// What is the same for all documents.
    struct Bench {
        const flow::RetryPolicy& policy;
        flow::EndpointHealth& health;
        Rng& rng;
        bool last_documents = false;  ///< no new document will show whether the endpoint works
    };

    explicit Trial(std::uint64_t document) : document_(document) {}

    /// `call` is counted in `effort`.
    [[nodiscard]] Decision failed(const FailedCall& call, flow::Effort& effort, const Bench& bench);
    /// Whose turn it is, after the wait of the last decision.
    [[nodiscard]] Turn turn(const flow::EndpointHealth& health) const;

private:
    /// True: somebody else's later call was accepted since this request was last refused.
    [[nodiscard]] bool others_accepted(const flow::EndpointHealth& health) const {
        return refused_at_ && health.accepted_since(*refused_at_);
    }
    [[nodiscard]] Decision judged(const FailedCall& call, flow::Effort& effort, const Bench& bench);
    [[nodiscard]] Decision end_document(const FailedCall& call, const Bench& bench);
    [[nodiscard]] Decision throttled(const FailedCall& call, const flow::Effort& effort, const Bench& bench);
    [[nodiscard]] Decision healed_by_time(const FailedCall& call, flow::Effort& effort, const Bench& bench);
    [[nodiscard]] Decision to_confirm(const FailedCall& call, flow::Effort& effort, const Bench& bench);
    [[nodiscard]] Decision for_a_person(const FailedCall& call, flow::Effort& effort, const Bench& bench);

    /// Refused for another reason than before is refused for the first time.
    void new_reason(const llm::CallFailure& failure);

    /// A failed call of which it is not yet known whose fault it was.
    struct Unproven {
        TimePoint from;  ///< the failure before it, or when the first call was sent
        TimePoint to;    ///< when it failed: what others sent meanwhile met the same endpoint
        Duration cost;   ///< of the document's time
    };
    void prove(TimePoint now, flow::Effort& effort, const flow::EndpointHealth& health);

    std::uint64_t document_;
    std::uint32_t failures_ = 0;
    llm::ReplyClass refused_as_ = llm::ReplyClass::answered;
    std::uint32_t refusals_ = 0;   // that count
    std::uint32_t unproven_ = 0;   // refusals in a row that nobody else's call explains
    bool proven_ = false;          // others were accepted after a refusal of this one
    bool suspect_ = false;         // by the last decision
    bool whole_minute_ = false;    // of the last call
    std::uint32_t too_large_ = 0;  // 429s though a minute's tokens were kept for it
    std::uint32_t throttles_ = 0;  // while others were answered
    std::optional<TimePoint> throttled_since_;
    std::optional<TimePoint> failed_at_;
    std::deque<Unproven> failed_calls_;
    std::optional<TimePoint> refused_at_;
};

}  // namespace prelabel::pipeline
