#include <prelabel/base/expects.hpp>
#include <prelabel/pipeline/admission.hpp>

#include <algorithm>
#include <utility>

namespace prelabel::pipeline {

Admission::Admission(Limits limits, Clock& clock, Stats& stats)
    : limits_(limits),
      clock_(clock),
      stats_(stats),
      requests_(limits.requests_per_minute, clock.now()),
      tokens_(limits.tokens_per_minute, clock.now()),
      wake_([this] { pump(); }) {
    expects(limits.max_in_flight > 0, "at least one call may be in flight");
}

Admission::~Admission() { clock_.disarm(wake_); }

Task<bool> Admission::admit(std::uint64_t tokens, TimePoint not_before, std::shared_ptr<const Lease> lease) {
    const TimePoint now = clock_.now();
    if (closed_ || lease->abandoned) co_return false;
    Ready ready{not_before, WaitReason::retry};
    if (not_before <= now) ready = ready_at(now, tokens);
    if (queue_.empty() && ready.at <= now) {
        start(now, tokens);
        co_return true;
    }
    Waiter waiter{tokens, now, ready.reason, std::move(lease), {}};
    if (not_before > now) {
        not_before_.emplace(not_before, &waiter);
    } else {
        queue_.push_back(&waiter);
    }
    pump();  // arms the wake-up
    co_return co_await waiter.admitted.wait();
}

void Admission::release() {
    expects(in_flight_ > 0, "only an admitted call is released");
    stats_.calls_in_flight = --in_flight_;
    pump();
}

void Admission::hold_until(TimePoint until) { held_until_ = std::max(held_until_, until); }

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
        pump();
    }
    return ended;
}

Admission::Ready Admission::ready_at(TimePoint now, std::uint64_t tokens) const {
    if (in_flight_ >= limits_.max_in_flight) return {TimePoint::max(), WaitReason::in_flight};  // release() pumps
    if (const TimePoint at = breaker_.ready_at(now); at > now) return {at, WaitReason::paused};
    if (held_until_ > now) return {held_until_, WaitReason::provider};
    const TimePoint requests = requests_.ready_at(now, 1);
    const TimePoint counted = tokens_.ready_at(now, tokens);
    if (requests > now && requests >= counted) return {requests, WaitReason::requests};
    return {counted, WaitReason::tokens};
}

void Admission::start(TimePoint now, std::uint64_t tokens) {
    breaker_.on_start(now);
    requests_.take(now, 1);
    tokens_.take(now, tokens);
    stats_.reserved_tokens += tokens;
    stats_.calls_in_flight = ++in_flight_;
}

void Admission::pump() {
    const TimePoint now = clock_.now();
    while (!not_before_.empty() && not_before_.begin()->first <= now) {
        queue_.push_back(not_before_.begin()->second);
        not_before_.erase(not_before_.begin());
    }
    TimePoint wake = not_before_.empty() ? TimePoint::max() : not_before_.begin()->first;
    while (!queue_.empty()) {
        Waiter& waiter = *queue_.front();
        const Ready ready = ready_at(now, waiter.tokens);
        if (ready.at > now) {
            if (waiter.reason != WaitReason::retry) waiter.reason = ready.reason;
            wake = std::min(wake, ready.at);
            break;
        }
        queue_.pop_front();
        start(now, waiter.tokens);
        const auto reason = static_cast<std::size_t>(waiter.reason);
        ++stats_.waits[reason];
        stats_.wait_seconds[reason] += std::chrono::duration<double>(now - waiter.since).count();
        waiter.admitted.set(true);
    }
    if (wake == TimePoint::max()) {
        clock_.disarm(wake_);
    } else {
        clock_.arm(wake_, wake);
    }
}

void Admission::drop_abandoned() {
    const auto gone = [](Waiter* waiter) {
        if (!waiter->lease->abandoned) return false;
        waiter->admitted.set(false);
        return true;
    };
    std::erase_if(queue_, gone);
    std::erase_if(not_before_, [&](const auto& entry) { return gone(entry.second); });
    pump();
}

void Admission::close() {
    closed_ = true;
    for (Waiter* waiter : queue_) waiter->admitted.set(false);
    for (const auto& [at, waiter] : not_before_) waiter->admitted.set(false);
    queue_.clear();
    not_before_.clear();
    clock_.disarm(wake_);
}

}  // namespace prelabel::pipeline
