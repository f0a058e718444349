#pragma once

#include <prelabel/async/clock.hpp>
#include <prelabel/base/result.hpp>
#include <prelabel/kafka/kafka_source.hpp>
#include <prelabel/kafka/notice.hpp>
#include <prelabel/kafka/settings.hpp>
#include <prelabel/kafka/stats.hpp>
#include <prelabel/pipeline/outbox.hpp>

#include <functional>
#include <memory>
#include <string>

namespace prelabel::kafka {

/// Exactly once: outputs and progress in one Kafka transaction, so that a reader who reads what is committed sees each
/// input's outcome once, whoever is killed, paused or replaced.
///
///   publish ─▶ waits ──┐
///   publish ─▶ waits ──┤ commit(): begin ▸ produce ▸ acknowledged ▸ ask for progress ▸ offsets and maps ▸ commit
///   publish ─▶ waits ──┘                                          └─ what is unwanted by now: abort, and again without
///
/// Outputs wait in memory, and a transaction is open only while a commit is under way: readers of the output are held
/// back by the oldest open transaction, and so is the next owner of a partition.
///
/// Bound:    a transaction holds at most TransactionSettings::outputs_max outputs; a commit makes as many transactions
///           as it takes. What waits in memory is bounded by the documents in flight.
/// Lifetime: `source` and `clock` outlive it. Its end waits for a call of the client under way, at most a second.
/// Threads:  confined to the loop; the client's blocking calls are made on a thread of its own.
/// Errors:   of publish(): as in KafkaSink for what is too large; Fault::cancelled for an output that is unwanted when
///           its transaction is made. All other trouble is waited out: the output stays and goes into a later one. A
///           commit whose outcome nobody tells is read back from the group before anything else is committed.
class TransactionalOutbox final : public pipeline::Outbox {
public:
    /// Hears once that transactions cannot work here, or that another worker uses this one's name: it must end.
    using OnHopeless = std::function<void(const std::string&)>;

    /// The outputs' brokers are the source's: a transaction cannot span two clusters.
    /// Errors: Fault::config, naming the key.
    [[nodiscard]] static Result<std::unique_ptr<TransactionalOutbox>> create(
        async::Executor loop, async::Clock& clock, const InputSettings& input, OutputSettings output,
        const TransactionSettings& transactions, KafkaSource& source, OnNotice on_notice, OnHopeless on_hopeless);
    ~TransactionalOutbox() override;

    /// Asks the broker now whether it keeps transactions, so that nothing is bought before that is known.
    void prepare();

    [[nodiscard]] bool fits(const pipeline::Output& output) const override;
    [[nodiscard]] async::Coroutine<Result<>> publish(pipeline::Output output) override;
    [[nodiscard]] async::Coroutine<Result<>> commit(pipeline::AskProgress ask, TimePoint deadline) override;
    [[nodiscard]] bool wants_commit() const override;
    [[nodiscard]] async::Coroutine<> close(TimePoint deadline) override;

    [[nodiscard]] SinkStats stats() const;

private:
    class Impl;
    explicit TransactionalOutbox(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> impl_;
};

}  // namespace prelabel::kafka
