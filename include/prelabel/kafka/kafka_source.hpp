#pragma once

#include <prelabel/async/clock.hpp>
#include <prelabel/base/result.hpp>
#include <prelabel/kafka/notice.hpp>
#include <prelabel/kafka/settings.hpp>
#include <prelabel/kafka/stats.hpp>
#include <prelabel/pipeline/source.hpp>

#include <memory>

namespace prelabel::kafka {

class Group;

/// The input topic as a member of its consumer group.
///
/// Each assigned partition has its own queue inside the client and is read only while it has credit; it is never
/// paused, because pausing throws away what was prefetched. The group is served by events and by a timer of this class,
/// whether or not anybody waits in next(), so a worker that is busy or throttled is not expelled. A revocation waits
/// for release(), up to the group's max.poll.interval.ms: what is in flight can finish and be committed.
///
/// An assignment brings what its last owner committed, position and map; it is waited for at most 5 s.
///
/// A partition whose offsets fall below what was delivered (its topic was deleted and created again, or cut) is lost and
/// assigned anew from there, and so is what its group has committed; one whose topic is gone is lost.
///
/// Bound:    prefetch of 1 MiB or 250 records a partition, and one batch more, unpacked (docs/memory.md); what next()
///           gives, by Room.
/// Lifetime: close() before destruction leaves the group in order; the destructor alone abandons it (the group notices
/// after
///           its session time-out). `clock` outlives the source. Destroy it on the loop's thread, or after the loop.
/// Threads:  confined to the loop; the client's own threads only signal a descriptor.
/// Errors:   passing trouble goes to `on_notice` and is waited out; next() fails only when the client cannot go on.
/// Cost:     about 1.5 CPU-µs a record of 2 KiB.
class KafkaSource final : public pipeline::Source {
public:
    /// Joins the group. Errors: Fault::config, naming the key.
    [[nodiscard]] static Result<std::unique_ptr<KafkaSource>> create(async::Executor loop, async::Clock& clock,
                                                                     InputSettings settings, OnNotice on_notice);
    ~KafkaSource() override;

    [[nodiscard]] async::Coroutine<Result<pipeline::SourceEvent>> next(pipeline::Room room) override;
    void nudge() override;
    void grant(const Partition& partition, std::size_t records) override;
    [[nodiscard]] async::Coroutine<> release(std::vector<Partition> partitions) override;
    void stop() override;
    [[nodiscard]] async::Coroutine<> close(TimePoint deadline) override;

    /// Where an outbox commits to.
    [[nodiscard]] Group& group();
    [[nodiscard]] SourceStats stats() const;

private:
    class Impl;
    explicit KafkaSource(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> impl_;
};

}  // namespace prelabel::kafka
