#pragma once

#include "scenario.hpp"

#include <string>

namespace prelabel::sim {

struct Process;

/// How many documents may be in memory at once: two minutes of the configured quota, where there is one, or 64.
[[nodiscard]] std::size_t worth_reading(const pipeline::Limits& limits);

/// Whether the run was long enough to ask if the quota was used:
/// a minute beyond the first one in which documents waited.
[[nodiscard]] bool quota_measured(const Scenario& scenario, const Process& process);
/// While documents wait and nothing else binds, at least 90 % of the binding limit is used after the first minute, as
/// the provider counts it. Empty, or how much was.
[[nodiscard]] std::string quota_under_use(const Scenario& scenario, const Process& process);

}  // namespace prelabel::sim
