// What the provider's answers, refusals and headers teach an Admission.
#include <prelabel/pipeline/admission.hpp>

#include <algorithm>
#include <tuple>
#include <utility>

namespace prelabel::pipeline {
namespace {

using Verdict = flow::RefusalShare::Verdict;

constexpr Duration first_hold = std::chrono::milliseconds(500);
constexpr Duration longest_hold = std::chrono::seconds(8);
constexpr std::size_t busy = 4;  // calls at once
constexpr Duration long_enough_to_tell = std::chrono::seconds(1);
constexpr Duration rest = std::chrono::seconds(1);  // after a limit of our own
constexpr double cut_at_own_limit = 0.15;
constexpr double tried_cut = 1.0 / 3;

}  // namespace

void Admission::answered(TimePoint sent) {
    const TimePoint now = clock_.now();
    holds_in_a_row_ = 0;
    // What was sent before the last wave of refusals says nothing about how many are taken now.
    if (sent >= refused_at_) {
        at_once_.answered(in_flight_, now);
        if (refusals_.answered() == Verdict::helped) {
            take_back_cut(now);
            cut(now, refusals_.share());
        }
    }
    if (rate_.answered(now)) learned_.change(rate_.per_minute().value_or(0), now);
    show_learned();
}

void Admission::throttled(TimePoint sent, std::optional<Duration> retry_after, Lesson& lesson) {
    const TimePoint now = clock_.now();
    const bool same_wave = sent < refused_at_;
    const bool alone = alone_until_ && sent < *alone_until_;  // it says nothing of how many may be under way
    const Verdict verdict = same_wave || alone ? Verdict::few : refusals_.refused(in_flight_ - 1);
    if (verdict == Verdict::in_vain) take_back_cut(now);
    const bool too_many = verdict == Verdict::fewer || verdict == Verdict::try_fewer;
    if (retry_after) hold_until(now + *retry_after);
    if (same_wave) return;
    if (!too_many) {
        if (!retry_after) lesson.wait = first_hold;
        return;
    }
    if (!retry_after) hold_until(now + std::min(first_hold * (1U << std::min(holds_in_a_row_++, 8U)), longest_hold));
    if (verdict == Verdict::try_fewer) before_cut_ = {rate_, at_once_};
    cut(now, verdict == Verdict::try_fewer ? tried_cut : refusals_.share());
    lesson.learned_first = !std::exchange(ever_cut_, true);
}

void Admission::take_back_cut(TimePoint now) {
    std::tie(rate_, at_once_) = before_cut_;
    learned_.change(rate_.per_minute().value_or(0), now);
    show_learned();
}

void Admission::cut(TimePoint now, double share) {
    account(now);
    const bool by_rate = kept_back_by_rate_ > kept_back_by_number_ && kept_back_by_rate_ >= long_enough_to_tell;
    // One call now and then that is refused says nothing of how many a backlog may send.
    if (by_rate || !nobody_waits() || in_flight_ >= busy) rate_.refused(now, by_rate, share);
    learned_.change(rate_.per_minute().value_or(0), now);
    if (!by_rate) at_once_.refused(in_flight_, share);
    begin_gently(now);
    kept_back_by_rate_ = kept_back_by_number_ = Duration{};
    show_learned();
}

void Admission::show_learned() {
    stats_.learned_in_flight = at_once_.learned() ? at_once_.limit() : 0;
    stats_.learned_requests_per_minute = learned_.per_minute();
}

void Admission::shown(const llm::ShownLimits& limits, Lesson& lesson) {
    const TimePoint now = clock_.now();
    const auto learn = [&](flow::TokenBucket& bucket, std::uint64_t configured, std::uint64_t said) {
        if (configured > 0 || said == 0 || bucket.per_minute() == said) return;
        bucket.change(said, now);
        lesson.limits_are_new = true;
    };
    learn(requests_, limits_.requests_per_minute, limits.requests_per_minute);
    learn(tokens_, limits_.tokens_per_minute, limits.tokens_per_minute);
    show_limits();
}

void Admission::crowded(TimePoint sent, Lesson& lesson) {
    hold_until(clock_.now() + rest);
    if (sent < refused_at_) return;  // of the same wave
    at_once_.refused(in_flight_, cut_at_own_limit);
    refused_at_ = clock_.now();
    lesson.crowded_first = true;
}

void Admission::limit(const Limits& limits) {
    const TimePoint now = clock_.now();
    limits_ = limits;
    requests_.change(limits.requests_per_minute, now);
    tokens_.change(limits.tokens_per_minute, now);
    at_once_.change(limits.max_in_flight);
    before_cut_.second.change(limits.max_in_flight);
    show_limits();
    show_learned();
    pump();
}

void Admission::show_limits() {
    stats_.requests_per_minute = requests_.per_minute();
    stats_.tokens_per_minute = tokens_.per_minute();
    stats_.calls_in_flight_max = limits_.max_in_flight;
}

}  // namespace prelabel::pipeline
