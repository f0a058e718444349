#include "kafka/producers.hpp"

#include "kafka/output_rules.hpp"

#include <utility>

namespace prelabel::kafka {
namespace {

constexpr auto rebuild_interval = std::chrono::seconds(5);  // a broker that fails every producer is not stormed

}  // namespace

Producers::Producers(const OutputSettings& settings, async::Clock& clock, Wakeup& wakeup, Events events)
    : settings_(settings),
      clock_(clock),
      wakeup_(wakeup),
      events_(std::move(events)),
      shared_events_{[this](Delivery& delivery, const rd_kafka_message_t& message) { reported(delivery, message); },
                     events_.other},
      alone_events_{
          [this](Delivery& delivery, const rd_kafka_message_t& message) { reported_alone(delivery, message); },
          [this](rd_kafka_event_t* event) {
              // Whether brokers answer is known from the producer that is always there.
              if (rd_kafka_event_type(event) != RD_KAFKA_EVENT_STATS) events_.other(event);
          }} {}

Result<> Producers::start() {
    auto producer = Producer::create(settings_, Batching::shared, wakeup_);
    if (!producer) return producer.error();
    shared_.producer = std::move(*producer);
    return {};
}

rd_kafka_resp_err_t Producers::produce(const pipeline::Output& output, Delivery& delivery) {
    const auto error = shared_.producer->produce(output, delivery);
    if (error != RD_KAFKA_RESP_ERR__FATAL || !replace_failed(shared_)) return error;
    return shared_.producer->produce(output, delivery);
}

std::size_t Producers::serve() {
    const std::size_t room = serve(shared_, shared_events_);
    serve(alone_, alone_events_);
    std::erase_if(burials_, [](const auto& burial) {
        return burial.wait_for(std::chrono::seconds(0)) == std::future_status::ready;
    });
    bury_retired(shared_);
    bury_retired(alone_);
    return room;
}

std::size_t Producers::serve(Lane& lane, const Producer::Events& events) {
    const std::size_t room = lane.producer ? lane.producer->serve(events) : 0;
    for (const auto& old : lane.retired) old->serve(events);
    return room;
}

void Producers::reported(Delivery& delivery, const rd_kafka_message_t& message) {
    if (!judges_the_batch(message.err)) return events_.delivered(delivery, message.err);
    const auto error = send_alone(message, delivery);
    if (error == RD_KAFKA_RESP_ERR_NO_ERROR) return;  // reported again, by the other client
    events_.delivered(delivery, error);
}

void Producers::reported_alone(Delivery& delivery, const rd_kafka_message_t& message) {
    // The rule it breaks may be that of a compacted topic, which takes no record without a key.
    if (message.err == RD_KAFKA_RESP_ERR_INVALID_RECORD && delivery.spare_key) {
        const auto key = std::exchange(delivery.spare_key, std::nullopt);
        if (send_alone(message, delivery, key) == RD_KAFKA_RESP_ERR_NO_ERROR) return;
    }
    events_.delivered(delivery, message.err);
}

rd_kafka_resp_err_t Producers::send_alone(const rd_kafka_message_t& message, Delivery& delivery,
                                          const std::optional<std::string>& key) {
    if (!alone_.producer) {
        auto made = Producer::create(settings_, Batching::alone, wakeup_);
        if (!made) return RD_KAFKA_RESP_ERR__CRIT_SYS_RESOURCE;
        alone_.producer = std::move(*made);
        if (events_.on_notice) events_.on_notice({Severity::warning, refused_batch(message.err)});
    }
    auto error = alone_.producer->produce_again(message, delivery, key);
    if (error == RD_KAFKA_RESP_ERR__FATAL && replace_failed(alone_))
        error = alone_.producer->produce_again(message, delivery, key);
    if (error == RD_KAFKA_RESP_ERR_NO_ERROR) ++sent_alone_;
    return error;
}

bool Producers::replace_failed(Lane& lane) {
    if (!lane.producer->failed()) return false;
    if (lane.rebuilt_at && clock_.now() - *lane.rebuilt_at < rebuild_interval) return false;
    lane.rebuilt_at = clock_.now();
    auto fresh = Producer::create(settings_, lane.batching, wakeup_);
    if (!fresh) return false;
    lane.producer->give_up();
    lane.retired.push_back(std::exchange(lane.producer, std::move(*fresh)));
    ++rebuilds_;
    return true;
}

void Producers::bury_retired(Lane& lane) {
    for (auto& old : lane.retired)
        if (old->under_way() == 0)
            burials_.push_back(std::async(std::launch::async, [dead = std::move(old)]() mutable { dead.reset(); }));
    std::erase(lane.retired, nullptr);
}

void Producers::hurry() {
    shared_.producer->hurry();
    if (alone_.producer) alone_.producer->hurry();
}

void Producers::give_up() {
    shared_.producer->give_up();
    if (alone_.producer) alone_.producer->give_up();
}

}  // namespace prelabel::kafka
