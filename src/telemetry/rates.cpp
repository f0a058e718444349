#include <prelabel/telemetry/rates.hpp>

#include <algorithm>
#include <functional>

namespace prelabel::telemetry {
namespace {

constexpr Duration window = std::chrono::seconds(60);
constexpr Duration step = std::chrono::milliseconds(900);   // a timer of one second may come a little early
constexpr Duration trend_after = std::chrono::seconds(15);  // commits come in steps of some seconds

/// Both, number by number.
template <class Combine>
Totals combined(const Totals& a, const Totals& b, Combine combine) {
    Totals out{combine(a.documents, b.documents), combine(a.calls, b.calls), combine(a.tokens, b.tokens),
               combine(a.cost_usd, b.cost_usd)};
    std::ranges::transform(a.wait_seconds, b.wait_seconds, out.wait_seconds.begin(), combine);
    std::ranges::transform(a.call_seconds, b.call_seconds, out.call_seconds.begin(), combine);
    std::ranges::transform(a.document_seconds, b.document_seconds, out.document_seconds.begin(), combine);
    return out;
}

/// What was added between two samples, or a part of it.
Totals growth(const Totals& from, const Totals& to, double share = 1) {
    return combined(from, to, [share](double before, double after) { return (after - before) * share; });
}

}  // namespace

void Rates::sample(TimePoint now, const Totals& totals, std::optional<Backlog> backlog) {
    if (!samples_.empty() && now - samples_.back().at < step) return;
    samples_.push_back({now, totals, backlog});
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
    return {combined(growth(first.totals, second.totals, share), growth(second.totals, last.totals), std::plus()),
            std::min<Duration>(last.at - first.at, window), backlog_per_second()};
}

std::optional<double> Rates::backlog_per_second() const {
    const auto& last = samples_.back();
    if (!last.backlog) return std::nullopt;
    const auto same = std::ranges::find_if(samples_, [&last](const Sample& sample) {
        return sample.backlog && sample.backlog->changes == last.backlog->changes;
    });
    if (last.at - same->at < trend_after) return std::nullopt;
    return (last.backlog->records - same->backlog->records) / std::chrono::duration<double>(last.at - same->at).count();
}

}  // namespace prelabel::telemetry
