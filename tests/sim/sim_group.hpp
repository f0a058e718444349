#pragma once

#include "happened.hpp"
#include "sim_topic.hpp"

#include <prelabel/base/rng.hpp>
#include <prelabel/pipeline/source.hpp>

#include <deque>
#include <functional>
#include <map>
#include <set>
#include <vector>

namespace prelabel::sim {

using pipeline::SourceEvent;

/// A consumer as the group sees it.
struct Member {
    struct Revocation {
        std::vector<Partition> partitions;
        bool lost = false;
    };

    int id = 0;
    bool alive = true;                     // false: crashed or cut off; nothing it does arrives any more
    bool expelled = false;                 // the group gave its partitions away
    bool told = false;                     // and it was told so
    std::deque<SourceEvent> mail;          // rebalances on their way to it
    std::map<Partition, Offset> fetching;  // what it may read, and from where
    std::set<Partition> believes;          // what its mail says is its own
    std::deque<Revocation> unreleased;
    std::function<void()> wake;
};

/// A consumer group. A rebalance takes all partitions from everybody (eager) or some from some (cooperative); it is
/// over when all of them are released.
/// Checks, at the moment it would be broken: what is released is the oldest revocation.
class SimGroup {
public:
    SimGroup(SimTopic& topic, Happened& happened, std::uint64_t seed)
        : topic_(topic), happened_(happened), rng_(seed) {}

    void join(Member& member);
    void leave(Member& member);
    /// The member stopped answering: its partitions go to others. It does not know before tell().
    void expel(Member& member);
    /// A member that was expelled hears of it: it comes back once it has released what it lost.
    void tell(Member& member);
    void rebalance(bool eager);
    void release(Member& member, const std::vector<Partition>& partitions);
    /// There are new records: whoever waits for some looks again.
    void arrived();
    /// The partition begins again with lower offsets; its owner is told.
    void truncate(const Partition& partition);

    [[nodiscard]] bool owns(const Member& member, const Partition& partition) const;
    [[nodiscard]] const std::vector<std::string>& violations() const { return violations_; }

private:
    void revoke(Member& member, std::vector<Partition> partitions, bool lost);
    void start_rebalance(bool eager);
    void finish_rebalance();
    void forget(Member& member);
    /// What a new owner hears of the position, as a rule.
    [[nodiscard]] pipeline::AssignedPartition committed_of(const Partition& partition);
    [[nodiscard]] std::vector<Partition> owned_by(const Member& member) const;

    SimTopic& topic_;
    Happened& happened_;
    Rng rng_;
    std::vector<Member*> members_;
    std::map<Partition, Member*> owners_;
    std::set<int> awaited_;  // members that have not released yet
    bool rebalancing_ = false;
    bool again_ = false;
    std::vector<std::string> violations_;
};

}  // namespace prelabel::sim
