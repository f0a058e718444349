#include <prelabel/telemetry/rates.hpp>

#include <algorithm>

namespace prelabel::telemetry {
namespace {

constexpr Duration window = std::chrono::seconds(60);
constexpr Duration step = std::chrono::milliseconds(900);  // a timer of one second may come a little early

/// What was added between two samples, or a part of it.
Totals growth(const Totals& from, const Totals& to, double share = 1) {
    return {(to.documents - from.documents) * share, (to.calls - from.calls) * share, (to.tokens - from.tokens) * share,
            (to.cost_usd - from.cost_usd) * share};
}

Totals operator+(const Totals& a, const Totals& b) {
    return {a.documents + b.documents, a.calls + b.calls, a.tokens + b.tokens, a.cost_usd + b.cost_usd};
}

}  // namespace

void Rates::sample(TimePoint now, const Totals& totals) {
    if (!samples_.empty() && now - samples_.back().at < step) return;
    samples_.push_back({now, totals});
    while (samples_.size() > 2 && now - samples_[1].at >= window) samples_.pop_front();
}

LastMinute Rates::last_minute() const {
    if (samples_.size() < 2) return {};
    const Sample& last = samples_.back();
    const Sample& first = samples_[0];
    const Sample& second = samples_[1];
    // Of the first interval only the part counts that lies in the window.
    const auto inside = std::min<Duration>(second.at - first.at, second.at - (last.at - window));
    const auto share = std::chrono::duration<double>(inside) / std::chrono::duration<double>(second.at - first.at);
    return {growth(first.totals, second.totals, share) + growth(second.totals, last.totals),
            std::min<Duration>(last.at - first.at, window)};
}

}  // namespace prelabel::telemetry
