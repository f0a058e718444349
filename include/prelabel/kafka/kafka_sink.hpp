#pragma once

#include <prelabel/async/clock.hpp>
#include <prelabel/base/result.hpp>
#include <prelabel/kafka/notice.hpp>
#include <prelabel/kafka/settings.hpp>
#include <prelabel/kafka/stats.hpp>
#include <prelabel/pipeline/outbox.hpp>

#include <memory>

namespace prelabel::kafka {

/// What a sink is for: results that wait until their topic takes them, or documents that somebody loads.
enum class SinkUse { results, loading };

/// The output topic and the dead-letter topic, through one idempotent producer: acknowledged by all in-sync replicas,
/// no duplicates from the client's own retries. Keys map to partitions as with Java's producer (murmur2).
///
/// Bound: 64 MiB or 100,000 records in the client's queue; beyond it write() waits, which is the pipeline's
///        back-pressure.
/// Lifetime: writes under way end before close() returns, or in the destructor; `clock` outlives the sink. The
///           destructor joins the client's threads: destroy it after the loop, or when the loop may wait a moment.
/// Threads: confined to the loop; the client's own threads only signal a descriptor.
/// Errors: Fault::input for a record over max_record_bytes, or refused by the broker when it was sent alone (if a batch
///         is refused, each of its records is sent again alone), and for a loaded one that breaks another rule of its
///         topic; Fault::cancelled after close(); all other errors are Fault::dependency. A producer that failed for
///         good is replaced by a new one.
/// Cost: about 3 CPU-µs per record of 2 KiB.
class KafkaSink {
public:
    /// Errors: Fault::config, naming the key. `settings.brokers` is not empty: see with_connection_of().
    [[nodiscard]] static Result<std::unique_ptr<KafkaSink>> create(async::Executor loop, async::Clock& clock,
                                                                   OutputSettings settings, OnNotice on_notice,
                                                                   SinkUse use = SinkUse::results);
    KafkaSink(const KafkaSink&) = delete;
    KafkaSink& operator=(const KafkaSink&) = delete;
    ~KafkaSink();

    /// False for an output over max_record_bytes.
    [[nodiscard]] bool fits(const pipeline::Output& output) const;
    /// Completes when the output is acknowledged by all in-sync replicas.
    [[nodiscard]] async::Coroutine<Result<>> write(pipeline::Output output);
    /// Writes no more; returns when all outputs are acknowledged, or abandoned at `deadline`.
    [[nodiscard]] async::Coroutine<> close(TimePoint deadline);

    [[nodiscard]] SinkStats stats() const;

private:
    class Impl;
    explicit KafkaSink(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> impl_;
};

}  // namespace prelabel::kafka
