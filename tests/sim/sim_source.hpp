#pragma once

#include "faults.hpp"
#include "sim_clock.hpp"
#include "sim_group.hpp"

#include <prelabel/async/signal.hpp>
#include <prelabel/base/rng.hpp>
#include <prelabel/flow/done_map.hpp>
#include <prelabel/pipeline/outbox.hpp>
#include <prelabel/pipeline/source.hpp>

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace prelabel::sim {

using async::Coroutine;

/// A consumer of the simulated group, or of a finite input that is all its own.
/// Checks: nobody commits what it was told is not its own, or commits twice at once.
class SimSource final : public pipeline::Source {
public:
    struct World {
        SimTopic& topic;
        SimGroup& group;
        SimClock& clock;
        const Faults& faults;
        Happened& happened;
    };
    SimSource(World world, Member& member, bool finite, std::uint64_t seed);

    [[nodiscard]] Coroutine<Result<SourceEvent>> next(pipeline::Room room) override;
    void nudge() override;
    void grant(const Partition& partition, std::size_t records) override;
    [[nodiscard]] Coroutine<> release(std::vector<Partition> partitions) override;
    void stop() override;
    [[nodiscard]] Coroutine<> close(TimePoint deadline) override;

    /// What an outbox commits to: the group of this consumer.
    [[nodiscard]] Coroutine<Result<>> commit(std::vector<pipeline::Progress> progress);

    [[nodiscard]] const std::vector<std::string>& violations() const { return violations_; }
    /// How often a document was handed out: it stands in the topic twice, or a rebalance brought it again.
    [[nodiscard]] std::size_t reads(std::size_t number) const;
    /// A record of this document was handed out of which nobody had said that it is done.
    [[nodiscard]] bool wanted(std::size_t number) const { return wanted_.contains(number); }
    /// Offsets that were gone before they were handed out, but for those of which somebody had said that they are done.
    [[nodiscard]] std::uint64_t lost() const { return lost_; }
    /// When a document was first handed out; none if it never was.
    [[nodiscard]] std::optional<TimePoint> read_at(std::size_t number) const;

private:
    [[nodiscard]] bool readable(pipeline::Room room) const;
    [[nodiscard]] pipeline::Batch read(pipeline::Room room);
    [[nodiscard]] bool end_is_news(const Partition& partition, Offset next) const;
    [[nodiscard]] bool at_the_end() const;
    void skip_what_is_gone(const Partition& partition, Offset& next, pipeline::Batch& batch);
    void learn(const SourceEvent& event);
    [[nodiscard]] bool told_done(const Origin& origin) const;
    [[nodiscard]] Result<> apply(const std::vector<pipeline::Progress>& progress);
    void wake();

    World world_;
    Member& member_;
    bool finite_;
    Rng rng_;
    std::map<Partition, std::size_t> credit_;
    std::map<Partition, int> held_;             // what the worker was told is its own, and as of which epoch
    std::map<std::size_t, TimePoint> read_at_;  // by document
    std::map<std::size_t, std::size_t> reads_;  // by document
    std::map<Partition, flow::DoneMap> done_;   // as the worker was told
    std::set<std::size_t> wanted_;              // documents
    std::map<Partition, Offset> ends_;          // as the worker was told
    std::uint64_t lost_ = 0;
    async::Signal<async::Done>* waiting_ = nullptr;
    std::vector<std::string> violations_;
    bool committing_ = false;
    bool nudged_ = false;
    bool stopped_ = false;
    bool closed_ = false;
};

}  // namespace prelabel::sim
