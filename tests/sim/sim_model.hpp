#pragma once

#include "sim_clock.hpp"
#include "sim_group.hpp"
#include "sim_provider.hpp"
#include "sim_source.hpp"

#include <prelabel/async/signal.hpp>
#include <prelabel/llm/codec.hpp>
#include <prelabel/pipeline/model.hpp>
#include <prelabel/pipeline/settings.hpp>

#include <cstdint>
#include <deque>
#include <list>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace prelabel::sim {

using async::Coroutine;

/// What one worker did for one document, as the world saw it.
struct Tried {
    struct Failed {
        TimePoint at;
        llm::ReplyClass reply;
        std::optional<Duration> asked;  // Retry-After
    };
    std::vector<Failed> failures;
    Duration calling{};  // in calls that were not throttled
    TimePoint first_sent{};
};

/// One worker's way to the provider. Checks its manners: limits kept, Retry-After kept, and one request an answer.
class SimModel final : public pipeline::Model {
public:
    SimModel(SimProvider& provider, SimClock& clock, const Member& member, const SimSource& source,
             const Faults& faults, llm::Codec codec, pipeline::Limits limits);

    [[nodiscard]] Coroutine<llm::CallOutcome> call(pipeline::Body body, TimePoint deadline) override;
    void abort() override;

    [[nodiscard]] const Tried* tried(std::size_t number) const;
    [[nodiscard]] const std::map<std::size_t, Tried>& tried() const { return tried_; }
    /// A call that was sent about then was answered: what failed then was not the provider.
    [[nodiscard]] bool answered_what_was_sent(TimePoint from, TimePoint to) const;
    [[nodiscard]] std::uint64_t calls() const { return calls_; }
    /// For the replies that came, counted or not.
    [[nodiscard]] const llm::Usage& charged() const { return charged_; }
    [[nodiscard]] std::uint64_t throttled_since(TimePoint from) const;
    [[nodiscard]] const std::vector<std::string>& violations() const { return violations_; }

    /// What arrived, for whoever asks whether the quota was used.
    struct Arrival {
        TimePoint at;
        std::uint64_t tokens;  // as the provider counts them
        std::size_t document;
        bool first;  // of its document
    };
    [[nodiscard]] const std::vector<Arrival>& arrivals() const { return arrivals_; }

private:
    struct UnderWay {
        async::Timer timer;
        async::Signal<bool> over;  // false: aborted
        UnderWay() : timer([this] { over.set(true); }) {}
    };

    void watch(TimePoint now, std::size_t number, std::uint64_t tokens);
    void hear(std::size_t number, TimePoint sent, const llm::CallOutcome& outcome, const SimReply& reply);
    [[nodiscard]] llm::CallOutcome decode(const SimReply& reply, bool in_time, bool too_late);

    SimProvider& provider_;
    SimClock& clock_;
    const Member& member_;
    const SimSource& source_;
    const Faults& faults_;
    llm::Codec codec_;
    pipeline::Limits limits_;
    std::uint64_t calls_ = 0;
    llm::Usage charged_;
    std::vector<Arrival> arrivals_;
    std::size_t minute_begins_ = 0;  // in arrivals_
    std::uint64_t minute_tokens_ = 0;
    std::size_t in_flight_ = 0;
    TimePoint not_before_{};
    TimePoint told_at_{};
    std::map<std::size_t, TimePoint> asked_to_wait_;  // by document
    std::map<std::size_t, Tried> tried_;
    std::vector<TimePoint> throttled_;
    std::set<TimePoint> answered_;  // when they were sent
    std::string held_reply_;        // a crossed one, for the next call
    std::set<std::string> refused_parts_;
    bool aborted_ = false;
    std::list<UnderWay*> under_way_;
    std::vector<std::string> violations_;
};

}  // namespace prelabel::sim
