#include "kafka/conf.hpp"
#include "kafka/source_impl.hpp"

#include <prelabel/kafka/kafka_source.hpp>

#include <utility>

namespace prelabel::kafka {

Result<std::unique_ptr<KafkaSource>> KafkaSource::create(async::Executor loop, async::Clock& clock,
                                                         InputSettings settings, OnNotice on_notice) {
    auto conf = consumer_conf(settings);
    if (!conf) return conf.error();
    auto client = make_client(RD_KAFKA_CONSUMER, std::move(*conf), settings.properties, input_section);
    if (!client) return client.error();
    auto impl = std::make_unique<Impl>(loop, clock, std::move(*client), settings, std::move(on_notice));
    if (auto subscribed = impl->subscribe(settings.topic); !subscribed) return subscribed.error();
    return std::unique_ptr<KafkaSource>(new KafkaSource(std::move(impl)));
}

KafkaSource::KafkaSource(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
KafkaSource::~KafkaSource() = default;

async::Coroutine<Result<pipeline::SourceEvent>> KafkaSource::next(pipeline::Room room) { return impl_->next(room); }
void KafkaSource::nudge() { impl_->nudge(); }
void KafkaSource::grant(const Partition& partition, std::size_t records) { impl_->grant(partition, records); }
async::Coroutine<> KafkaSource::release(std::vector<Partition> partitions) {
    return impl_->release(std::move(partitions));
}
void KafkaSource::stop() { impl_->stop(); }
async::Coroutine<> KafkaSource::close(TimePoint deadline) { return impl_->close(deadline); }
Group& KafkaSource::group() { return impl_->group(); }
SourceStats KafkaSource::stats() const { return impl_->stats(); }

}  // namespace prelabel::kafka
