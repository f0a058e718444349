#include <prelabel/llm/advice.hpp>
#include <prelabel/llm/cost.hpp>
#include <prelabel/llm/remedy.hpp>
#include <prelabel/pipeline/endpoint.hpp>

#include <optional>
#include <utility>

namespace prelabel::pipeline {
namespace {

/// None: nobody knows.
std::optional<double> cost_of(const llm::Usage& usage) {
    return usage.uncounted > 0 ? std::nullopt : std::optional(usage.cost_usd);
}

/// What every failure says of its call, whatever becomes of the document.
Settlement settlement_of(const llm::CallFailure& failure) {
    Settlement settlement;
    settlement.reply = failure.reply;
    settlement.limits = failure.limits;
    settlement.cost_usd = cost_of(failure.usage);
    return settlement;
}

std::string limits_said(const llm::ShownLimits& limits) {
    std::string text = "the provider's headers allow";
    if (limits.requests_per_minute > 0) text += " " + std::to_string(limits.requests_per_minute) + " requests";
    if (limits.tokens_per_minute > 0) text += " " + std::to_string(limits.tokens_per_minute) + " tokens";
    return text + " a minute: calls are paced by that where llm.limits says nothing";
}

/// All else that shapes an answer stands in the body.
std::string identity_of(const llm::ModelSettings& model) {
    std::string identity = model.provider + " " + model.base_url;
    for (const auto& [name, value] : model.query) identity += ' ' + name + '=' + value;
    return identity;
}

}  // namespace

Endpoint::Endpoint(Terms terms, Ports ports, Stats& stats, EventListener on_event)
    : codec_(std::move(terms.model)),
      shape_(codec_.settings()),
      price_(terms.price),
      call_timeout_(terms.call_timeout),
      identity_(identity_of(codec_.settings())),
      ports_(ports),
      stats_(stats),
      on_event_(std::move(on_event)),
      admission_(terms.limits, ports.clock, stats) {
    admission_.first_call_alone(terms.first_call_alone);
    if (terms.cost_max_usd) admission_.spend_at_most(*terms.cost_max_usd, [this] { on_event_(SpentUp{}); });
}

Body Endpoint::encode_as_configured(const Request& request) const {
    return std::make_shared<const std::string>(codec_.encode(request.form, request.turns()));
}

Endpoint::Shaped Endpoint::encode(const Request& request) const {
    auto body = std::make_shared<const std::string>(codec_.encode(request.form, shape_.settings(), request.turns()));
    return {std::move(body), shape_.version()};
}

Demand Endpoint::demand(const Body& body, Turn turn) const {
    const std::uint64_t output_tokens_max = model().max_output_tokens;
    return {body->size(), output_tokens_max, turn, llm::cost_max_usd(body->size(), output_tokens_max, price_)};
}

async::Coroutine<llm::CallOutcome> Endpoint::call(TimePoint sent, Body body) {
    const auto call = health_.sent(sent);
    llm::CallOutcome outcome = co_await ports_.model.call(std::move(body), sent + call_timeout_);
    health_.returned(call);
    stats_.call_seconds.observe(ports_.clock.now() - sent);
    const auto* failure = std::get_if<llm::CallFailure>(&outcome);
    ++stats_.calls[failure ? failure->reply : llm::ReplyClass::answered];
    bill(outcome);
    co_return outcome;
}

void Endpoint::bill(llm::CallOutcome& outcome) {
    auto* completion = std::get_if<llm::Completion>(&outcome);
    llm::Usage& usage = completion ? completion->usage : std::get<llm::CallFailure>(outcome).usage;
    if (completion) {
        usage.requests = 1;
        usage.uncounted = llm::is_counted(*completion) ? 0 : 1;
        if (completion->usage_malformed) ++stats_.malformed_usage;
    }
    usage.cost_usd = llm::cost_usd(usage, price_);
    stats_.usage += usage;
}

void Endpoint::paid(Permit permit, const llm::Completion& completion) {
    health_.answered(permit.sent(), ports_.clock.now());
    works(permit.sent());
    Settlement settlement;
    settlement.input_tokens = completion.usage.input_tokens;
    settlement.limits = completion.limits;
    settlement.cost_usd = cost_of(completion.usage);
    if (cut_.answered(permit.body_bytes(), completion.usage.input_tokens))
        on_event_(Trouble{
            "requests of different sizes count " + std::to_string(completion.usage.input_tokens) +
            " input tokens each: the server seems to cut them to its context, and what is behind is not labeled; make "
            "its context larger (Ollama: llm.extra: {options: {num_ctx: 16384}}) or the documents shorter"});
    tell(permit.settle(settlement), completion.limits);
}

Duration Endpoint::failed(Permit permit, const llm::CallFailure& failure, const Decision& decision) {
    Settlement settlement = settlement_of(failure);
    settlement.retry_after = failure.retry_after;
    const Lesson lesson = permit.settle(settlement);
    tell(lesson, failure.limits);
    const llm::Remedy remedy = llm::remedy(failure.reply);
    if (lesson.crowded_first)
        on_event_(Trouble{failure.message + "; " + llm::advice(failure), llm::own_words(failure)});
    // A provider that judges a document or says "slower" is back;
    // anything else says that the probe found nothing better.
    const bool there = remedy == llm::Remedy::hold || remedy == llm::Remedy::end_document;
    if (decision.pause) {
        pause(*decision.pause, failure);
    } else if (admission_.paused()) {
        if (!there || pause_cause_ == PauseCause::person) {
            pause(pause_cause_, failure);
        } else if (admission_.resume()) {
            on_event_(Resumed{});
        }
    }
    return remedy == llm::Remedy::hold ? lesson.wait : decision.wait;
}

bool Endpoint::reshaped(Permit& permit, llm::CallFailure& failure, std::size_t version) {
    auto [verdict, key] = shape_.refused(failure, version);
    if (!key.empty()) failure.key = std::move(key);
    if (verdict == llm::RequestShape::Verdict::changed) {
        const llm::ShapeChange& change = shape_.changes().back();
        stats_.shape_changes.push_back(change);
        on_event_(Learned{llm::sentence_of(change), llm::own_words(failure)});
        admission_.first_call_alone_again();
    } else if (verdict != llm::RequestShape::Verdict::stale) {
        return false;
    }
    ++stats_.shape_refusals;
    health_.alive();
    tell(permit.settle(settlement_of(failure)), failure.limits);
    if (!admission_.paused()) return true;
    if (pause_cause_ == PauseCause::person) {
        pause(pause_cause_, failure);  // the probe has not shown yet whether the key was changed
    } else if (admission_.resume()) {
        on_event_(Resumed{});
    }
    return true;
}

void Endpoint::pause(PauseCause cause, const llm::CallFailure& failure) {
    const bool worse = cause == PauseCause::person && pause_cause_ == PauseCause::outage;
    const std::string reason = failure.message + "; " + llm::advice(failure);
    const bool began = admission_.trip(reason);
    if (began || worse) pause_cause_ = cause;
    if (began || worse) on_event_(Paused{cause, reason, llm::own_words(failure)});
}

void Endpoint::works(TimePoint sent) {
    if (admission_.resume()) {
        pause_cause_ = PauseCause::outage;
        on_event_(Resumed{});
    }
    admission_.clear_suspects(sent);
}

void Endpoint::tell(const Lesson& lesson, const llm::ShownLimits& limits) {
    if (lesson.limits_are_new) on_event_(Learned{limits_said(limits)});
    if (lesson.learned_first)
        on_event_(
            Learned{"the provider refuses calls that come so fast (429): its rate is learned from now on; "
                    "llm.limits can state it"});
}

}  // namespace prelabel::pipeline
