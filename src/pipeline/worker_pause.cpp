// What a worker does about a pause.
#include <prelabel/pipeline/worker.hpp>

namespace prelabel::pipeline {
namespace {

/// What worked a moment ago may have refused one document, or one call: who is under way or is probed next shows it.
constexpr Duration person_grace = std::chrono::seconds(10);
constexpr Duration witness_interval = std::chrono::minutes(1);

}  // namespace

void Worker::consider_giving_up(const Event& event) {
    const GiveUp& when = settings_.give_up;
    if (std::holds_alternative<Resumed>(event)) ports_.clock.disarm(give_up_timer_);
    const auto* paused = std::get_if<Paused>(&event);
    if (!paused) return;
    if (!witness_timer_.armed()) ports_.clock.arm(witness_timer_, ports_.clock.now() + witness_interval);
    if (paused->cause == PauseCause::person && when.when_a_person_is_needed) {
        if (stats_.calls[llm::ReplyClass::answered] == 0) return give_up(paused->reason);
        ports_.clock.arm(give_up_timer_, ports_.clock.now() + person_grace);
    } else if (when.after_an_outage_of && !give_up_timer_.armed()) {
        // The outage is older than the pause: it began with the first call that failed.
        const TimePoint over = endpoint_.health().failing_since() + *when.after_an_outage_of;
        if (over <= ports_.clock.now()) return give_up(paused->reason);
        ports_.clock.arm(give_up_timer_, over);
    }
}

void Worker::read_witnesses() {
    if (!stats_.paused) return;
    for (const auto& [partition, own] : own_) {
        const bool full = own->tracker.in_window() >= settings_.window_per_partition + own->witnesses;
        if (!full || own->witnesses == witnesses_max) continue;
        ++own->witnesses;
        ports_.source.grant(partition, 1);
    }
    ports_.clock.arm(witness_timer_, ports_.clock.now() + witness_interval);
}

void Worker::give_up(const std::string& reason) {
    if (!gave_up_because_) gave_up_because_ = reason;
    stop_calling();
}

}  // namespace prelabel::pipeline
