#include <prelabel/base/expects.hpp>
#include <prelabel/pipeline/admission.hpp>

#include <algorithm>
#include <utility>

namespace prelabel::pipeline {
namespace {

constexpr Duration first_hold = std::chrono::milliseconds(500);
constexpr Duration longest_hold = std::chrono::seconds(8);
constexpr std::size_t busy = 4;  // calls at once
constexpr Duration long_enough_to_tell = std::chrono::seconds(1);
constexpr Duration rest = std::chrono::seconds(1);  // after a limit of our own
constexpr std::uint64_t minutes_read_ahead = 2;
constexpr std::size_t read_ahead_min = 64;

std::size_t index(Turn turn) { return static_cast<std::size_t>(turn); }

}  // namespace

Admission::Admission(Limits limits, std::uint64_t max_output_tokens, Clock& clock, Stats& stats)
    : limits_(limits),
      max_output_tokens_(max_output_tokens),
      clock_(clock),
      stats_(stats),
      requests_(limits.requests_per_minute, clock.now()),
      tokens_(limits.tokens_per_minute, clock.now()),
      learned_(0, clock.now()),
      rate_(clock.now()),
      at_once_(limits.max_in_flight),
      accounted_(clock.now()),
      wake_([this] { pump(); }) {
    stats_.requests_per_minute = limits.requests_per_minute;
    stats_.tokens_per_minute = limits.tokens_per_minute;
}

Admission::~Admission() { clock_.disarm(wake_); }

Task<bool> Admission::admit(std::size_t body_bytes, Turn turn, std::shared_ptr<const Lease> lease) {
    if (closed_ || lease->abandoned) co_return false;
    const TimePoint now = clock_.now();
    if (turn != Turn::suspect && nobody_waits()) {
        const std::uint64_t tokens = tokens_of(body_bytes);
        if (ready_at(now, tokens).at <= now) {
            start(now, tokens);
            co_return true;
        }
    }
    account(now);
    Waiter waiter{body_bytes, now, std::move(lease), blocked_, {}};
    queues_[index(turn)].push_back(&waiter);
    pump();  // arms the wake-up
    co_return co_await waiter.admitted.wait();
}

void Admission::release() {
    expects(in_flight_ > 0, "only an admitted call is released");
    stats_.calls_in_flight = --in_flight_;
    pump();
}

void Admission::answered(TimePoint sent) {
    const TimePoint now = clock_.now();
    holds_in_a_row_ = 0;
    // What was sent before the last wave of refusals says nothing about how many are taken now.
    if (sent >= refused_at_) at_once_.answered(in_flight_, now);
    if (rate_.answered(now)) learned_.change(rate_.per_minute().value_or(0), now);
    stats_.learned_in_flight = at_once_.learned() ? at_once_.limit() : 0;
    stats_.learned_requests_per_minute = learned_.per_minute();
}

bool Admission::throttled(TimePoint sent, std::optional<Duration> retry_after) {
    const TimePoint now = clock_.now();
    if (retry_after) hold_until(now + *retry_after);
    if (sent < refused_at_) return false;  // of the same wave
    account(now);
    if (!retry_after) hold_until(now + std::min(first_hold * (1U << std::min(holds_in_a_row_++, 8U)), longest_hold));
    const bool first = refused_at_ == TimePoint{};
    const bool by_rate = kept_back_by_rate_ > kept_back_by_number_ && kept_back_by_rate_ >= long_enough_to_tell;
    // One call now and then that is refused says nothing of how many a backlog may send.
    if (by_rate || !nobody_waits() || in_flight_ >= busy) rate_.refused(now, by_rate);
    learned_.change(rate_.per_minute().value_or(0), now);
    if (!by_rate) at_once_.refused(in_flight_);
    begin_gently(now);
    kept_back_by_rate_ = kept_back_by_number_ = Duration{};
    refused_at_ = now;
    stats_.learned_in_flight = at_once_.limit();
    stats_.learned_requests_per_minute = learned_.per_minute();
    return first;
}

bool Admission::shown(const llm::ShownLimits& limits) {
    const TimePoint now = clock_.now();
    bool news = false;
    const auto learn = [&](flow::TokenBucket& bucket, std::uint64_t configured, std::uint64_t said) {
        if (configured > 0 || said == 0 || bucket.per_minute() == said) return;
        bucket.change(said, now);
        news = true;
    };
    learn(requests_, limits_.requests_per_minute, limits.requests_per_minute);
    learn(tokens_, limits_.tokens_per_minute, limits.tokens_per_minute);
    stats_.requests_per_minute = requests_.per_minute();
    stats_.tokens_per_minute = tokens_.per_minute();
    return news;
}

bool Admission::crowded(TimePoint sent) {
    hold_until(clock_.now() + rest);
    if (sent < refused_at_) return false;  // of the same wave
    at_once_.refused(in_flight_);
    refused_at_ = clock_.now();
    return true;
}

void Admission::hold_until(TimePoint until) { held_until_ = std::max(held_until_, until); }

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

std::size_t Admission::documents_worth_reading() const {
    std::uint64_t per_minute = limits_.max_in_flight * 1'000'000;  // no limit is known
    const auto at_most = [&](std::uint64_t limit) {
        if (limit > 0) per_minute = std::min(per_minute, limit);
    };
    at_most(requests_.per_minute());
    at_most(learned_.per_minute());
    const std::uint64_t tokens_a_call =
        stats_.calls_started > 0 ? stats_.reserved_tokens / stats_.calls_started : tokens_of(0);
    at_most(tokens_.per_minute() / std::max<std::uint64_t>(1, tokens_a_call));
    return std::max(read_ahead_min, static_cast<std::size_t>(per_minute * minutes_read_ahead));
}

std::uint64_t Admission::tokens_of(std::size_t body_bytes) const {
    return estimator_.estimate(body_bytes) + max_output_tokens_;
}

Admission::Ready Admission::ready_at(TimePoint now, std::uint64_t tokens) const {
    if (in_flight_ >= limits_.max_in_flight) return {TimePoint::max(), WaitReason::in_flight};  // release() pumps
    if (const TimePoint at = breaker_.ready_at(now); at > now) return {at, WaitReason::paused};
    if (held_until_ > now) return {held_until_, WaitReason::provider};
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

void Admission::start(TimePoint now, std::uint64_t tokens) {
    breaker_.on_start(now);
    requests_.take(now, 1);
    tokens_.take(now, tokens);
    learned_.take(now, 1);
    ++stats_.calls_started;
    stats_.reserved_tokens += tokens;
    stats_.calls_in_flight = ++in_flight_;
}

void Admission::account(TimePoint now) {
    if (blocked_by_) {
        const Duration passed = now - accounted_;
        blocked_[static_cast<std::size_t>(blocked_by_->reason)] += std::chrono::duration<double>(passed).count();
        if (blocked_by_->learned == Learned::rate) kept_back_by_rate_ += passed;
        if (blocked_by_->learned == Learned::number) kept_back_by_number_ += passed;
    }
    accounted_ = now;
}

void Admission::count_wait(const Waiter& waiter) {
    std::size_t longest = 0;
    Blocked waited{};
    for (std::size_t reason = 0; reason < waited.size(); ++reason) {
        waited[reason] = blocked_[reason] - waiter.before[reason];
        stats_.wait_seconds[reason] += waited[reason];
        if (waited[reason] > waited[longest]) longest = reason;
    }
    if (waited[longest] > 0) ++stats_.waits[longest];
}

void Admission::pump() {
    const TimePoint now = clock_.now();
    wake_sleepers(now);
    account(now);
    TimePoint wake = sleepers_.empty() ? TimePoint::max() : sleepers_.begin()->first;
    blocked_by_.reset();
    while (auto* queue = next_queue()) {
        Waiter& waiter = *queue->front();
        const std::uint64_t tokens = tokens_of(waiter.body_bytes);
        const Ready ready = ready_at(now, tokens);
        if (ready.at > now) {
            blocked_by_ = ready;
            wake = std::min(wake, ready.at);
            break;
        }
        queue->pop_front();
        start(now, tokens);
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
