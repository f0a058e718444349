#include "kafka/group.hpp"

#include <prelabel/kafka/kafka_outbox.hpp>

#include <utility>

namespace prelabel::kafka {

KafkaOutbox::KafkaOutbox(std::unique_ptr<KafkaSink> sink, KafkaSource& source)
    : sink_(std::move(sink)), group_(source.group()) {}

KafkaOutbox::~KafkaOutbox() = default;

bool KafkaOutbox::fits(const pipeline::Output& output) const { return sink_->fits(output); }

async::Coroutine<Result<>> KafkaOutbox::publish(pipeline::Output output) { return sink_->write(std::move(output)); }

async::Coroutine<Result<>> KafkaOutbox::commit(pipeline::AskProgress ask, TimePoint deadline) {
    // Each output was acknowledged before its document was done: nothing waits for this commit.
    return group_.commit(ask({}), deadline);
}

async::Coroutine<> KafkaOutbox::close(TimePoint deadline) { return sink_->close(deadline); }

}  // namespace prelabel::kafka
