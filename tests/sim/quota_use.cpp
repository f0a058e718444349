#include "quota_use.hpp"

#include "world.hpp"

#include <prelabel/llm/settings.hpp>

#include <algorithm>
#include <chrono>
#include <limits>

namespace prelabel::sim {
namespace {

using std::chrono::minutes;

constexpr double used_at_least = 0.9;
constexpr std::uint64_t read_ahead_min = 64;

/// From the end of the first minute until the last document had its first call: until then one waited.
struct Measured {
    TimePoint from;
    TimePoint until;
};

Measured measured(const Process& process) {
    Measured range{process.started_at + minutes(1), process.started_at};
    for (const auto& arrival : process.model->arrivals()) {
        if (arrival.first) range.until = arrival.at;
    }
    return range;
}

}  // namespace

std::size_t worth_reading(const pipeline::Limits& limits) {
    std::uint64_t documents = std::numeric_limits<std::size_t>::max();
    const auto at_most = [&](std::uint64_t per_minute) {
        if (per_minute > 0) documents = std::min(documents, std::max(read_ahead_min, 2 * per_minute));
    };
    at_most(limits.requests_per_minute);
    at_most(limits.tokens_per_minute / llm::ModelSettings{}.max_output_tokens);  // no call costs less
    return documents;
}

bool quota_measured(const Scenario&, const Process& process) {
    const auto [from, until] = measured(process);
    return until - from >= minutes(1);
}

std::string quota_under_use(const Scenario& scenario, const Process& process) {
    if (!quota_measured(scenario, process)) return "the run was too short to see how much of the quota is used";
    const auto [from, until] = measured(process);
    double requests = 0;
    double tokens = 0;
    for (const auto& arrival : process.model->arrivals()) {
        if (arrival.at < from || arrival.at >= until) continue;
        requests += 1;
        tokens += static_cast<double>(arrival.tokens);
    }
    const double length = std::chrono::duration<double>(until - from).count() / 60;
    const auto& limits = scenario.settings.limits;
    const double used = limits.requests_per_minute > 0 ? requests / static_cast<double>(limits.requests_per_minute)
                                                       : tokens / static_cast<double>(limits.tokens_per_minute);
    if (used / length >= used_at_least) return {};
    return "only " + std::to_string(static_cast<int>(100 * used / length)) + " % of the quota was used";
}

}  // namespace prelabel::sim
