#include "scenario.hpp"

#include <prelabel/base/enum_values.hpp>

namespace prelabel::sim {
namespace {

using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

}  // namespace

Scenario::Scenario(std::uint64_t with_seed) : seed(with_seed) {
    Rng rng(seed * 2 + 1);
    partitions = 1 + static_cast<int>(rng.below(5));
    workers = 1 + static_cast<int>(rng.below(3));
    documents = 10 + static_cast<int>(rng.below(70));
    settings.retry.max_attempts = 4 + static_cast<std::uint32_t>(rng.below(4));
    // Where documents may be refused there is room for others, which show whose fault it is.
    if (rng.chance(0.4)) fated = 0;
    const std::uint64_t room = fated > 0 ? 20 : 1;
    settings.window_per_partition = room + rng.below(30);
    settings.documents_in_memory_max = room + rng.below(60);
    settings.bytes_in_memory_max = room * 500 + rng.below(20'000);
    settings.commit_interval = milliseconds(50 + rng.below(2'000));
    settings.drain_timeout = seconds(rng.below(30));
    settings.call_timeout = seconds(20);
    settings.limits.max_in_flight = 1 + rng.below(20);
    const double drawn = rng.uniform();
    if (drawn < 0.72)
        mixed(rng);
    else if (drawn < 0.82)
        outage(rng);
    else if (drawn < 0.85)
        steady(rng);
    else if (drawn < 0.91)
        overload(rng);
    else
        finite(rng);
    draw_refused_parts();
    draw_bill();
    draw_retention();
}

void Scenario::draw_retention() {
    Rng rng(seed * 2 + 13);  // its own, too
    cuts = theme == Theme::mixed && rng.chance(0.2);
}

void Scenario::draw_bill() {
    Rng rng(seed * 2 + 11);  // its own, too
    if (rng.chance(0.5)) price.cached_input_per_mtok = 0.1;
    faults.in_vain = rng.chance(0.5) ? 0.5 : 0;
    // Without the provider's counts pacing learns nothing, and leaves a part of the quota.
    if (theme != Theme::steady && rng.chance(0.4)) faults.usage_missing = rng.chance(0.3) ? 1 : 0.3;
    // An answer without counts takes 0.01 of a cap, and so does half a body.
    // A run must be able to ask again about the same document, and to publish it.
    const bool half_bodies = fated > 0 || weather || faults.call_fails > 0;
    if (settings.cost_max_usd && (faults.usage_missing > 0 || half_bodies)) *settings.cost_max_usd += 0.05;
}

void Scenario::draw_refused_parts() {
    Rng rng(seed * 2 + 7);  // its own: what else happens does not depend on it
    if (rng.chance(0.3)) settings.first_call_alone = {};
    if (rng.chance(0.6)) return;
    for (const char* part : {"temperature", "seed", "max_tokens", "json_schema"})
        if (rng.chance(0.5)) refused_parts.emplace_back(part);
}

void Scenario::mixed(Rng& rng) {
    const double trouble = rng.chance(0.2) ? 0 : rng.uniform();
    faults.commit_fails = 0.3 * trouble;
    faults.commit_unheard = rng.chance(0.3) ? 0.3 * trouble : 0;
    faults.write_fails = 0.2 * trouble;
    faults.write_unheard = rng.chance(0.3) ? 0.2 * trouble : 0;
    faults.write_late = rng.chance(0.3) ? 0.5 : 0;
    faults.call_fails = 0.3 * trouble;
    faults.answer_bad = 0.3 * trouble;
    crashes = rng.chance(0.3);
    losses = rng.chance(0.3);
    rebalances = rng.chance(0.5);
    weather = rng.chance(0.4);
    truncations = rng.chance(0.2);
    stalls = rng.chance(0.2);
    events = 1 + static_cast<int>(rng.below(8));
    settings.limits.requests_per_minute = rng.chance(0.5) ? 0 : 30 + rng.below(2'000);
    settings.limits.tokens_per_minute = rng.chance(0.7) ? 0 : 100'000 + rng.below(1'000'000);
    if (rng.chance(0.3)) settings.retry.deadline = seconds(5 + rng.below(60));
}

void Scenario::outage(Rng& rng) {
    theme = Theme::outage;
    weather = true;
    events = 1 + static_cast<int>(rng.below(3));
    settings.retry.max_attempts = 6;
    settings.limits.requests_per_minute = rng.chance(0.5) ? 0 : 60 + rng.below(600);
}

void Scenario::steady(Rng& rng) {
    theme = Theme::steady;
    workers = 1;
    fated = 0;
    faults.overloaded = 0.05;
    settings = {};
    settings.retry.deadline = seconds(30);  // far shorter than the wait for quota
    settings.call_timeout = seconds(20);
    if (rng.chance(0.5)) {
        settings.limits.requests_per_minute = 40 + rng.below(80);
        documents = static_cast<int>(settings.limits.requests_per_minute * 4);
    } else {
        settings.limits.tokens_per_minute = 100'000 + rng.below(150'000);
        documents = static_cast<int>(settings.limits.tokens_per_minute / 2'300 * 4);
    }
    account.requests_per_minute = settings.limits.requests_per_minute;
    account.tokens_per_minute = settings.limits.tokens_per_minute;
}

void Scenario::overload(Rng& rng) {
    theme = Theme::overload;
    fated = 0.03;
    documents = 60 + static_cast<int>(rng.below(150));
    settings.limits.max_in_flight = 1 + rng.below(100);
    settings.documents_in_memory_max = 500;
    settings.window_per_partition = 300;
    settings.bytes_in_memory_max = 1'000'000;
    settings.retry.deadline = minutes(2);
    account.window = enum_values<Window>[rng.below(enum_count<Window>)];
    account.says_when = rng.chance(0.7);
    if (rng.chance(0.8)) account.requests_per_minute = 60 + rng.below(600);
    if (rng.chance(0.4)) account.tokens_per_minute = 100'000 + rng.below(1'000'000);
    if (rng.chance(0.3)) account.concurrent = 1 + rng.below(10);
}

void Scenario::finite(Rng& rng) {
    theme = Theme::finite;
    workers = 1;
    settings.give_up = {true, minutes(5)};
    // Far more is read of a file than is asked at once: a few refused ones at its head are not all that is left.
    settings.window_per_partition = static_cast<std::size_t>(documents);
    weather = rng.chance(0.5);
    events = weather ? 1 : 0;
    faults.call_fails = rng.chance(0.5) ? 0.1 : 0;
    faults.answer_bad = rng.chance(0.5) ? 0.1 : 0;
    faults.write_fails = rng.chance(0.3) ? 0.1 : 0;
    settings.limits.requests_per_minute = rng.chance(0.5) ? 0 : 60 + rng.below(600);
    // A call costs 0.0005 and can cost 0.01: some runs end by it, and others are slowed down.
    if (rng.chance(0.4)) settings.cost_max_usd = 0.012 + documents * 0.0006 * rng.uniform();
}

}  // namespace prelabel::sim
