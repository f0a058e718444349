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
/// Each assigned partition has its own queue inside the client and is read only while it has credit. It is never
/// paused, because a pause discards prefetched records. Events and a timer of this class serve the group, also if no
/// coroutine waits in next(), so a worker that is busy or throttled is not expelled. A revocation waits for release(),
/// up to the group's max.poll.interval.ms: documents in flight can finish and be committed.
///
/// An assignment comes with its last owner's position and map; the source waits for them for at most 5 s, or as long as
/// it takes where transactions are awaited (InputSettings::await_transactions).
///
/// If a partition's offsets fall below those delivered (its topic was deleted and created again, or cut), it is lost
/// and then assigned again from there, and its group's commit follows. A partition whose topic is gone is lost.
/// If its start has passed what the group has read (retention), Batch::lost says what is gone.
///
/// Bound:    prefetch of 1 MiB or 250 records per partition, and one batch more, unpacked (docs/memory.md); Room bounds
///           what next() gives.
/// Lifetime: close() before destruction leaves the group in order; the destructor alone abandons it (the group notices
///           after its session time-out). `clock` outlives the source. Destroy it on the loop's thread, or after the
///           loop.
/// Threads:  confined to the loop; the client's own threads only signal a descriptor.
/// Errors:   temporary errors go to `on_notice`, and the source waits; next() fails only if the client cannot continue.
/// Cost:     about 1.5 CPU-µs per record of 2 KiB.
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

    /// The group that an outbox commits to.
    [[nodiscard]] Group& group();
    [[nodiscard]] SourceStats stats() const;

private:
    class Impl;
    explicit KafkaSource(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> impl_;
};

}  // namespace prelabel::kafka
