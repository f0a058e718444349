#include <prelabel/base/expects.hpp>
#include <prelabel/llm/remedy.hpp>
#include <prelabel/pipeline/admission.hpp>

#include <algorithm>
#include <utility>

namespace prelabel::pipeline {
namespace {

constexpr std::uint64_t minutes_read_ahead = 2;
constexpr std::size_t read_ahead_min = 64;

}  // namespace

Permit::~Permit() {
    if (admission_ && *admission_) (*admission_)->release(*this);
}

Lesson Permit::settle(const Settlement& settlement) {
    expects(admission_ && !settled_, "a call is settled once");
    settled_ = true;
    return *admission_ ? (*admission_)->settle(*this, settlement) : Lesson{};
}

Admission::Admission(Limits limits, async::Clock& clock, Stats& stats)
    : limits_(limits),
      clock_(clock),
      stats_(stats),
      requests_(limits.requests_per_minute, clock.now()),
      tokens_(limits.tokens_per_minute, clock.now()),
      learned_(0, clock.now()),
      rate_(clock.now()),
      at_once_(limits.max_in_flight),
      before_cut_(rate_, at_once_),
      accounted_(clock.now()),
      wake_([this] { pump(); }) {
    stats_.requests_per_minute = limits.requests_per_minute;
    stats_.tokens_per_minute = limits.tokens_per_minute;
    stats_.calls_in_flight_max = limits.max_in_flight;
}

Admission::~Admission() {
    clock_.disarm(wake_);
    *self_ = nullptr;
}

async::Coroutine<Permit> Admission::admit(Demand demand, ScopePtr scope) {
    if (closed_ || !scope->may_call()) co_return Permit();
    const TimePoint now = clock_.now();
    if (demand.turn != Turn::suspect && nobody_waits()) {
        const std::uint64_t tokens = tokens_of(demand);
        if (ready_at(now, demand, tokens).at <= now) {
            start(now, demand, tokens);
            co_return Permit(self_, demand, now, is_a_whole_minute(tokens));
        }
    }
    account(now);
    Waiter waiter{demand, now, std::move(scope), blocked_, false, {}};
    queues_[demand.turn].push_back(&waiter);
    pump();  // arms the wake-up
    const bool admitted = co_await waiter.admitted.wait();
    if (!admitted) co_return Permit();
    co_return Permit(self_, demand, clock_.now(), waiter.whole_minute);
}

Lesson Admission::settle(const Permit& permit, const Settlement& settlement) {
    Lesson lesson;
    const double reserved = permit.demand_.cost_max_usd;
    budget_.settle(reserved, settlement.cost_usd.value_or(reserved));
    shown(settlement.limits, lesson);
    switch (llm::remedy(settlement.reply)) {
        case llm::Remedy::none:
            alone_at_most_ = {};
            alone_until_.reset();
            answered(permit.sent_);
            estimator_.observe(permit.demand_.body_bytes, settlement.input_tokens);
            break;
        case llm::Remedy::hold:
            throttled(permit.sent_, settlement.retry_after, lesson);
            break;
        case llm::Remedy::rest:
            crowded(permit.sent_, lesson);
            break;
        default:
            break;  // it says nothing of the limits
    }
    return lesson;
}

void Admission::release(const Permit& permit) {
    expects(in_flight_ > 0, "only an admitted call is released");
    if (!permit.settled_) budget_.settle(permit.demand_.cost_max_usd, 0);
    stats_.calls_in_flight = --in_flight_;
    pump();
}

void Admission::hold_until(TimePoint until) { held_until_ = std::max(held_until_, until); }

void Admission::hold_for_output_until(TimePoint until) { output_held_until_ = std::max(output_held_until_, until); }

void Admission::spend_at_most(double usd, std::function<void()> when_spent) {
    budget_ = flow::SpendBudget(usd);
    when_spent_ = std::move(when_spent);
}

void Admission::spent_up() {
    stats_.spent_up = true;
    close();
    when_spent_();
}

void Admission::first_call_alone_again() {
    if (alone_until_) alone_until_ = clock_.now() + alone_at_most_;
}

void Admission::begin_gently(TimePoint now) {
    refused_at_ = now;
    const bool paced = requests_.per_minute() > 0 || learned_.per_minute() > 0;
    if (!paced) at_once_.restart(now);
}

bool Admission::trip(std::string reason) {
    const bool began = breaker_.on_trip(clock_.now());
    stats_.paused = true;
    stats_.pause_reason = std::move(reason);
    pump();  // arms the next probe
    return began;
}

bool Admission::resume() {
    const bool ended = breaker_.on_success();
    if (ended) {
        stats_.paused = false;
        stats_.pause_reason.clear();
        begin_gently(clock_.now());
        pump();
    }
    return ended;
}

std::size_t Admission::documents_worth_reading(std::uint64_t output_tokens_max) const {
    std::uint64_t per_minute = limits_.max_in_flight * 1'000'000;  // no limit is known
    const auto at_most = [&](std::uint64_t limit) {
        if (limit > 0) per_minute = std::min(per_minute, limit);
    };
    at_most(requests_.per_minute());
    at_most(learned_.per_minute());
    const std::uint64_t tokens_a_call = stats_.calls_started > 0
                                            ? stats_.reserved_tokens / stats_.calls_started
                                            : tokens_of({.body_bytes = 0, .output_tokens_max = output_tokens_max});
    at_most(tokens_.per_minute() / std::max<std::uint64_t>(1, tokens_a_call));
    return std::max(read_ahead_min, static_cast<std::size_t>(per_minute * minutes_read_ahead));
}

std::uint64_t Admission::tokens_of(const Demand& demand) const {
    const std::uint64_t tokens = estimator_.estimate(demand.body_bytes) + demand.output_tokens_max;
    // A provider takes no call of more than a minute's tokens:
    // charged in full, it would hold back others for what is never used.
    return tokens_.per_minute() > 0 ? std::min(tokens, tokens_.per_minute()) : tokens;
}

Admission::Ready Admission::ready_at(TimePoint now, const Demand& demand, std::uint64_t tokens) const {
    if (!budget_.allows(demand.cost_max_usd)) return {TimePoint::max(), WaitReason::cost};
    if (in_flight_ >= limits_.max_in_flight) return {TimePoint::max(), WaitReason::in_flight};  // release() pumps
    if (const TimePoint at = breaker_.ready_at(now); at > now) return {at, WaitReason::paused};
    if (output_held_until_ > now) return {output_held_until_, WaitReason::output};
    if (held_until_ > now) return {held_until_, WaitReason::provider};
    if (alone_until_ && in_flight_ > 0 && *alone_until_ > now) return {*alone_until_, WaitReason::provider};
    if (in_flight_ >= at_once_.limit()) return {TimePoint::max(), WaitReason::provider, Learned::number};
    Ready ready{now, WaitReason::requests};
    const auto wait_for = [&](TimePoint at, WaitReason reason, Learned learned) {
        if (at > ready.at) ready = {at, reason, learned};
    };
    wait_for(requests_.ready_at(now, 1), WaitReason::requests, Learned::nothing);
    wait_for(tokens_.ready_at(now, tokens), WaitReason::tokens, Learned::nothing);
    wait_for(learned_.ready_at(now, 1), WaitReason::provider, Learned::rate);
    return ready;
}

void Admission::start(TimePoint now, const Demand& demand, std::uint64_t tokens) {
    budget_.reserve(demand.cost_max_usd);
    breaker_.on_start(now);
    if (alone_at_most_ > Duration{} && !alone_until_) alone_until_ = now + alone_at_most_;
    requests_.take(now, 1);
    tokens_.take(now, tokens);
    learned_.take(now, 1);
    ++stats_.calls_started;
    stats_.reserved_tokens += tokens;
    stats_.calls_in_flight = ++in_flight_;
}

void Admission::account(TimePoint now) {
    const Duration passed = now - accounted_;
    const double seconds = std::chrono::duration<double>(passed).count();
    stats_.wait_seconds[WaitReason::retry] += seconds * static_cast<double>(sleepers_.size());
    if (blocked_by_) {
        blocked_[blocked_by_->reason] += seconds;
        stats_.wait_seconds[blocked_by_->reason] += seconds * static_cast<double>(waiters());
        if (blocked_by_->learned == Learned::rate) kept_back_by_rate_ += passed;
        if (blocked_by_->learned == Learned::number) kept_back_by_number_ += passed;
    }
    accounted_ = now;
}

void Admission::count_wait(const Waiter& waiter) {
    auto longest = enum_values<WaitReason>.front();
    Blocked waited;
    for (const auto reason : enum_values<WaitReason>) {
        waited[reason] = blocked_[reason] - waiter.before[reason];
        if (waited[reason] > waited[longest]) longest = reason;
    }
    if (waited[longest] > 0) ++stats_.waits[longest];
}

void Admission::pump() {
    const TimePoint now = clock_.now();
    account(now);
    wake_sleepers(now);
    TimePoint wake = sleepers_.empty() ? TimePoint::max() : sleepers_.begin()->first;
    blocked_by_.reset();
    while (auto* queue = next_queue()) {
        Waiter& waiter = *queue->front();
        const std::uint64_t tokens = tokens_of(waiter.demand);
        const Ready ready = ready_at(now, waiter.demand, tokens);
        if (ready.reason == WaitReason::cost && in_flight_ == 0) {
            stats_.next_call_usd_max = waiter.demand.cost_max_usd;
            return spent_up();
        }
        if (ready.at > now) {
            blocked_by_ = ready;
            wake = std::min(wake, ready.at);
            break;
        }
        queue->pop_front();
        waiter.whole_minute = is_a_whole_minute(tokens);
        start(now, waiter.demand, tokens);
        count_wait(waiter);
        waiter.admitted.set(true);
    }
    if (wake == TimePoint::max()) {
        clock_.disarm(wake_);
    } else {
        clock_.arm(wake_, wake);
    }
}

}  // namespace prelabel::pipeline
