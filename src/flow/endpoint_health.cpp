#include <prelabel/base/expects.hpp>
#include <prelabel/flow/endpoint_health.hpp>

#include <algorithm>
#include <iterator>

namespace prelabel::flow {
namespace {

/// Calls that were accepted so close to one another are one span.
constexpr Duration together = std::chrono::milliseconds(250);

}  // namespace

EndpointHealth::Call EndpointHealth::sent(TimePoint now) {
    calls_.push_back({now, false});
    return first_ + calls_.size() - 1;
}

void EndpointHealth::returned(Call call) {
    expects(call >= first_ && call - first_ < calls_.size(), "only a call that was sent returns, and once");
    calls_[call - first_].returned = true;
    while (!calls_.empty() && calls_.front().returned) {
        calls_.pop_front();
        ++first_;
    }
}

void EndpointHealth::answered(TimePoint sent, TimePoint now) {
    answered_at_ = now;
    accept(sent);
    while (now - accepted_.front().last > remembers && accepted_.size() > 1) accepted_.pop_front();
    refused_.clear();
    alive();
}

void EndpointHealth::accept(TimePoint sent) {
    // The first span that ends late enough to touch; nearly always the last one.
    auto span = accepted_.end();
    while (span != accepted_.begin() && std::prev(span)->last + together >= sent) --span;
    if (span == accepted_.end() || span->first > sent + together) {
        accepted_.insert(span, {sent, sent});
        return;
    }
    span->first = std::min(span->first, sent);
    span->last = std::max(span->last, sent);
    const auto next = std::next(span);
    if (next == accepted_.end() || next->first > span->last + together) return;
    span->last = std::max(span->last, next->last);
    accepted_.erase(next);
}

bool EndpointHealth::accepted_between(TimePoint from, TimePoint to) const {
    const auto span = std::ranges::find_if(accepted_, [&](const Span& candidate) { return candidate.last > from; });
    return span != accepted_.end() && span->first <= to;
}

void EndpointHealth::failed(std::uint64_t document, TimePoint now) {
    if (++failures_ == 1) failing_since_ = now;
    if (failing_.size() <= refused_by_all) failing_.insert(document);
}

void EndpointHealth::refused(std::uint64_t document, TimePoint now) {
    if (refused_.empty()) refusing_since_ = now;
    if (refused_.size() <= refused_by_all) refused_.insert(document);
}

void EndpointHealth::left(std::uint64_t document) {
    failing_.erase(document);
    refused_.erase(document);
}

void EndpointHealth::alive() {
    failures_ = 0;
    failing_.clear();
}

bool EndpointHealth::down(TimePoint now) const {
    if (failures_ == 0 || only_a_few_fail() || older_call_under_way(failing_since_)) return false;
    const Duration silence = now - failing_since_;
    return silence >= silence_max_ || (failures_ >= failures_of_an_outage && silence >= outage_takes);
}

bool EndpointHealth::refuses_all(std::size_t in_a_row) const {
    return refused_.size() >= in_a_row && !older_call_under_way(refusing_since_);
}

bool EndpointHealth::older_call_under_way(TimePoint than) const {
    return !calls_.empty() && calls_.front().sent < than;
}

}  // namespace prelabel::flow
