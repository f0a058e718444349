#include <prelabel/telemetry/rates.hpp>

namespace prelabel::telemetry {
namespace {

constexpr Duration window = std::chrono::seconds(60);
constexpr Duration step = std::chrono::milliseconds(900);  // a timer of one second may come a little early
constexpr std::size_t samples_max = 61;

}  // namespace

void Rates::sample(TimePoint now, const Totals& totals) {
    if (!samples_.empty() && now - samples_.back().at < step) return;
    samples_.push_back({now, totals});
    while (samples_.size() > samples_max || now - samples_.front().at > window + step) samples_.pop_front();
}

Totals Rates::per_minute() const {
    if (samples_.size() < 2) return {};
    const auto& first = samples_.front();
    const auto& last = samples_.back();
    const double minutes = std::chrono::duration<double, std::ratio<60>>(last.at - first.at).count();
    return {(last.totals.documents - first.totals.documents) / minutes,
            (last.totals.calls - first.totals.calls) / minutes, (last.totals.tokens - first.totals.tokens) / minutes,
            (last.totals.cost_usd - first.totals.cost_usd) / minutes};
}

}  // namespace prelabel::telemetry
