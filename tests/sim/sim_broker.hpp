#pragma once

#include <prelabel/base/record.hpp>
#include <prelabel/base/rng.hpp>
#include <prelabel/pipeline/sink.hpp>
#include <prelabel/pipeline/source.hpp>

#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <vector>

namespace prelabel::sim {

using pipeline::SourceEvent;

/// A consumer as the broker sees it.
struct Member {
    int id = 0;
    bool alive = true;                     // false: crashed or cut off; nothing it does arrives any more
    std::deque<SourceEvent> mail;          // rebalances on their way to it
    std::map<Partition, Offset> fetching;  // what it may read, and from where
    std::function<void()> wake;
};

/// An input topic, a consumer group with eager rebalancing, and everything that was published.
/// Checks, at the moment they would be broken: committed means published; nobody commits what is not theirs.
class SimBroker {
public:
    explicit SimBroker(std::uint64_t seed) : rng_(seed) {}

    void add_record(Record record);
    void join(Member& member);
    void leave(Member& member);
    /// The member stopped answering: its partitions go to others, and it is told so if it ever listens again.
    void expel(Member& member);
    void rebalance();
    void release(Member& member, const std::vector<Partition>& partitions);
    /// False: refused, because the member does not own a partition any more.
    bool commit(Member& member, const std::vector<pipeline::Position>& positions);
    void publish(pipeline::Output output);

    [[nodiscard]] const std::vector<Record>& log(const Partition& partition) const { return logs_.at(partition); }
    /// How often each input offset was published.
    [[nodiscard]] std::size_t published(const Partition& partition, Offset offset) const;
    [[nodiscard]] bool everything_published_and_committed() const;
    [[nodiscard]] const std::vector<pipeline::Output>& outputs() const { return outputs_; }
    [[nodiscard]] std::size_t records() const;
    [[nodiscard]] const std::vector<std::string>& violations() const { return violations_; }
    [[nodiscard]] std::uint64_t trace() const { return trace_; }
    void trace(std::uint64_t value) { trace_ = (trace_ ^ value) * 0x100000001B3ULL; }

private:
    void finish_rebalance();
    void revoke_all(Member& member, bool lost);

    Rng rng_;
    std::map<Partition, std::vector<Record>> logs_;
    std::map<Partition, Offset> committed_;
    std::map<Partition, std::map<Offset, std::size_t>> published_;
    std::size_t distinct_published_ = 0;
    std::vector<Member*> members_;
    std::set<int> awaiting_release_;
    bool rebalancing_ = false;
    std::vector<pipeline::Output> outputs_;
    std::vector<std::string> violations_;
    std::uint64_t trace_ = 0xCBF29CE484222325ULL;
};

}  // namespace prelabel::sim
