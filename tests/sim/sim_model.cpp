#include "sim_model.hpp"

#include <algorithm>
#include <utility>

namespace prelabel::sim {
namespace {

using std::chrono::minutes;

constexpr std::uint64_t bytes_per_token = 4;

/// What is sent so close to one another meets the same provider.
constexpr Duration together = std::chrono::milliseconds(250);

}  // namespace

SimModel::SimModel(SimProvider& provider, SimClock& clock, const Member& member, const SimSource& source,
                   const Faults& faults, llm::Codec codec, pipeline::Limits limits)
    : provider_(provider),
      clock_(clock),
      member_(member),
      source_(source),
      faults_(faults),
      codec_(std::move(codec)),
      limits_(limits) {}

void SimModel::watch(TimePoint now, std::size_t number, std::uint64_t tokens) {
    ++calls_;
    if (++in_flight_ > limits_.max_in_flight) violations_.emplace_back("more calls in flight than allowed");
    const auto [tried, first] = tried_.try_emplace(number);
    if (first) tried->second.first_sent = now;
    arrivals_.push_back({now, tokens, number, first});
    minute_tokens_ += tokens;
    while (arrivals_[minute_begins_].at <= now - minutes(1)) minute_tokens_ -= arrivals_[minute_begins_++].tokens;
    if (limits_.requests_per_minute > 0 && arrivals_.size() - minute_begins_ > limits_.requests_per_minute)
        violations_.emplace_back("more requests in a minute than allowed");
    // One amount larger than a burst may be paid off as debt.
    if (limits_.tokens_per_minute > 0 && minute_tokens_ > limits_.tokens_per_minute + tokens)
        violations_.emplace_back("more tokens in a minute than allowed");
    if (now > told_at_ && now < not_before_) violations_.emplace_back("a call came before Retry-After");
    // Whoever reads the document a second time knows nothing of what was asked of the first.
    const auto asked = asked_to_wait_.find(number);
    if (asked != asked_to_wait_.end() && now < asked->second && source_.reads(number) == 1)
        violations_.emplace_back("document " + std::to_string(number) + " came back before its Retry-After");
}

Coroutine<llm::CallOutcome> SimModel::call(pipeline::Body body, TimePoint deadline) {
    if (aborted_) co_return llm::CallFailure{};
    const TimePoint now = clock_.now();
    const std::size_t number = number_in_request(*body);
    const std::uint64_t input_tokens = body->size() / bytes_per_token;
    const std::uint64_t tokens = input_tokens + codec_.settings().max_output_tokens;
    watch(now, number, tokens);
    for (const auto& part : refused_parts_) {
        if (body->find('"' + part + '"') != std::string::npos)
            violations_.push_back("the model is sent " + part + ", which it has refused");
    }
    if (!source_.wanted(number))
        violations_.push_back("document " + std::to_string(number) +
                              " was done, as its worker knew, and is bought again");
    SimReply reply;
    reply.silent = true;
    if (member_.alive) reply = provider_.reply_to(number, *body, input_tokens, tokens, now);
    const TimePoint answered = reply.silent ? TimePoint::max() : now + provider_.latency();

    UnderWay call;
    under_way_.push_back(&call);
    clock_.arm(call.timer, std::min(answered, deadline));
    const bool in_time = co_await call.over.wait();
    std::erase(under_way_, &call);
    --in_flight_;
    if (reply.served) provider_.account.ends();

    llm::CallOutcome outcome = decode(reply, in_time, answered > deadline);
    if (in_time && answered <= deadline) charged_ += reply.charged;
    if (in_time) hear(number, now, outcome, reply);
    co_return outcome;
}

llm::CallOutcome SimModel::decode(const SimReply& reply, bool in_time, bool too_late) {
    if (!in_time || too_late || reply.status == 0) {
        llm::CallFailure failure;
        failure.reply = too_late ? llm::ReplyClass::timed_out : llm::ReplyClass::connection;
        failure.message = "simulated";
        return failure;
    }
    std::string body = reply.body;
    if (faults_.crossed > 0 && reply.paid) {
        if (held_reply_.empty()) held_reply_ = body;
        std::swap(body, held_reply_);
    }
    llm::HttpReply http;
    http.status = reply.status;
    http.header = [&](std::string_view name) {
        return name == "Retry-After" ? std::string_view(reply.retry_after) : std::string_view();
    };
    http.body = body;
    return codec_.decode(http, clock_.wall_now());
}

void SimModel::hear(std::size_t number, TimePoint sent, const llm::CallOutcome& outcome, const SimReply& reply) {
    const TimePoint now = clock_.now();
    if (!reply.refused_part.empty()) {  // that is nothing of this document's
        refused_parts_.insert(reply.refused_part);
        return;
    }
    if (std::holds_alternative<llm::Completion>(outcome)) answered_.insert(sent);
    Tried& tried = tried_.at(number);
    const auto* failure = std::get_if<llm::CallFailure>(&outcome);
    const bool throttled = failure && failure->reply == llm::ReplyClass::throttled;
    if (throttled) {
        throttled_.push_back(now);
    } else {
        tried.calling += now - sent;
    }
    std::optional<Duration> asked;
    if (!reply.retry_after.empty() && failure && failure->http_status != 0) {
        asked = std::chrono::seconds(std::stol(reply.retry_after));
        asked_to_wait_[number] = now + *asked;
        if (reply.for_everybody) {
            told_at_ = now;
            not_before_ = std::max(not_before_, now + *asked);
        }
    }
    if (failure) tried.failures.push_back({now, failure->reply, asked});
}

void SimModel::abort() {
    aborted_ = true;
    for (UnderWay* call : under_way_) {
        clock_.disarm(call->timer);
        if (!call->over.is_set()) call->over.set(false);
    }
}

const Tried* SimModel::tried(std::size_t number) const {
    const auto found = tried_.find(number);
    return found == tried_.end() ? nullptr : &found->second;
}

bool SimModel::answered_what_was_sent(TimePoint from, TimePoint to) const {
    const auto answered = answered_.lower_bound(from - together);
    return answered != answered_.end() && *answered <= to + together;
}

std::uint64_t SimModel::throttled_since(TimePoint from) const {
    return static_cast<std::uint64_t>(std::ranges::count_if(throttled_, [&](TimePoint at) { return at >= from; }));
}

}  // namespace prelabel::sim
