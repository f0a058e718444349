#pragma once

#include <prelabel/kafka/kafka_sink.hpp>
#include <prelabel/kafka/kafka_source.hpp>
#include <prelabel/pipeline/outbox.hpp>

#include <memory>

namespace prelabel::kafka {

/// At least once: outputs through a producer and, after they are durable, progress through the source's group.
///
/// Bound, Errors: as in KafkaSink for outputs; a commit that the coordinator refuses is Fault::dependency.
/// Lifetime: `source` outlives it.   Threads: confined to the loop.
class KafkaOutbox final : public pipeline::Outbox {
public:
    KafkaOutbox(std::unique_ptr<KafkaSink> sink, KafkaSource& source);
    ~KafkaOutbox() override;

    [[nodiscard]] bool fits(const pipeline::Output& output) const override;
    [[nodiscard]] async::Coroutine<Result<>> publish(pipeline::Output output) override;
    [[nodiscard]] async::Coroutine<Result<>> commit(pipeline::AskProgress ask, TimePoint deadline) override;
    [[nodiscard]] async::Coroutine<> close(TimePoint deadline) override;

    [[nodiscard]] SinkStats stats() const { return sink_->stats(); }

private:
    std::unique_ptr<KafkaSink> sink_;
    Group& group_;
};

}  // namespace prelabel::kafka
