#pragma once

#include <prelabel/async/clock.hpp>
#include <prelabel/async/task_group.hpp>
#include <prelabel/pipeline/event.hpp>
#include <prelabel/pipeline/own_partition.hpp>
#include <prelabel/pipeline/stats.hpp>

#include <memory>
#include <utility>
#include <vector>

namespace prelabel::pipeline {

/// Commits what is done of a worker's partitions, beside all else that it does.
///
/// Bound: one commit at a time. A later one could overtake it, and what arrives last is what the next owner finds.
/// Threads: confined to the loop.
class Committer {
public:
    struct Context {
        Outbox& outbox;
        async::Clock& clock;
        Stats& stats;
        const EventListener& on_event;
        Duration interval;
    };

    /// `partitions` are the worker's; those that are lost are none of them any more. Everything outlives the committer.
    Committer(async::Executor executor, Context context, const OwnPartitions& partitions);

    /// Something is done, or waits for a commit to be durable.
    /// There is one within the interval, or at once where the outbox wants it.
    void schedule();
    /// Waits for the commit under way. What was committed before it came to an end is known by then.
    [[nodiscard]] async::Coroutine<> settle();
    /// The last commit before partitions go: tried a few times, until `deadline`. Nobody repeats it later: what it
    /// misses is labeled again by the next owner.
    [[nodiscard]] async::Coroutine<> commit_for_good(TimePoint deadline);
    /// Nothing is committed any more.
    [[nodiscard]] async::Coroutine<> stop();

private:
    /// What a commit was told, and by whom.
    using Told = std::vector<std::pair<std::shared_ptr<OwnPartition>, Progress>>;

    [[nodiscard]] async::Coroutine<> commit_beside();
    void end(bool committed);
    [[nodiscard]] async::Coroutine<bool> commit(TimePoint deadline);
    [[nodiscard]] Told told(const std::vector<Origin>& together) const;

    Context context_;
    const OwnPartitions& partitions_;
    async::Timer due_;
    async::TaskGroup beside_;
    bool under_way_ = false;
    bool failed_ = false;  // the last commit
    bool again_ = false;   // something was done since the commit under way began
};

}  // namespace prelabel::pipeline
