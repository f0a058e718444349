#include "kafka/producer.hpp"

#include "kafka/messages.hpp"

#include <utility>

namespace prelabel::kafka {

Result<std::unique_ptr<Producer>> Producer::create(const OutputSettings& settings, Batching batching, Wakeup& wakeup) {
    auto conf = producer_conf(settings, batching);
    if (!conf) return conf.error();
    auto client = make_client(RD_KAFKA_PRODUCER, std::move(*conf), settings.properties, output_section);
    if (!client) return client.error();
    return std::unique_ptr<Producer>(new Producer(std::move(*client), settings, wakeup));
}

Producer::Producer(ClientPtr client, const OutputSettings& settings, Wakeup& wakeup)
    : client_(std::move(client)),
      queue_(rd_kafka_queue_get_main(client_.get())),
      annotations_(rd_kafka_topic_new(client_.get(), settings.topic.c_str(), nullptr)),
      dead_letters_(settings.dead_letter_topic.empty()
                        ? nullptr
                        : rd_kafka_topic_new(client_.get(), settings.dead_letter_topic.c_str(), nullptr)) {
    expects(annotations_ != nullptr, "a topic handle can be made");
    wakeup.watch(queue_.get());
}

Producer::~Producer() { Wakeup::unwatch(queue_.get()); }

rd_kafka_resp_err_t Producer::produce(const pipeline::Output& output, Delivery& delivery) {
    return send(output.value.data(), output.value.size(), output.key ? output.key->data() : nullptr,
                output.key ? output.key->size() : 0, headers_of(output.headers), delivery);
}

rd_kafka_resp_err_t Producer::produce_again(const rd_kafka_message_t& reported, Delivery& delivery,
                                            const std::optional<std::string>& key) {
    rd_kafka_headers_t* headers = nullptr;
    static_cast<void>(rd_kafka_message_headers(&reported, &headers));
    HeadersPtr copy(headers ? rd_kafka_headers_copy(headers) : nullptr);
    return send(reported.payload, reported.len, key ? key->data() : reported.key, key ? key->size() : reported.key_len,
                std::move(copy), delivery);
}

rd_kafka_resp_err_t Producer::send(const void* value, std::size_t value_size, const void* key, std::size_t key_size,
                                   HeadersPtr headers, Delivery& delivery) {
    auto* const topic = delivery.kind == pipeline::OutputKind::annotation ? annotations_.get() : dead_letters_.get();
    expects(topic != nullptr, "a dead letter needs a dead-letter topic");
    // The client copies both and changes neither; it only has no const in its signature.
    auto* const value_bytes = const_cast<void*>(value);  // NOLINT
    auto* const key_bytes = const_cast<void*>(key);      // NOLINT
    const auto error =
        rd_kafka_producev(client_.get(), RD_KAFKA_V_RKT(topic), RD_KAFKA_V_MSGFLAGS(RD_KAFKA_MSG_F_COPY),
                          RD_KAFKA_V_VALUE(value_bytes, value_size), RD_KAFKA_V_KEY(key_bytes, key_size),
                          RD_KAFKA_V_HEADERS(headers.get()), RD_KAFKA_V_OPAQUE(&delivery), RD_KAFKA_V_END);
    if (error == RD_KAFKA_RESP_ERR_NO_ERROR) {
        static_cast<void>(headers.release());  // the client owns them now
        ++under_way_;
    }
    return error;
}

std::size_t Producer::serve(const Events& events) {
    std::size_t ended = 0;
    while (const EventPtr event{rd_kafka_queue_poll(queue_.get(), 0)}) {
        if (rd_kafka_event_type(event.get()) != RD_KAFKA_EVENT_DR) {
            events.other(event.get());
            continue;
        }
        while (const auto* const message = rd_kafka_event_message_next(event.get())) {
            ++ended;
            --under_way_;
            events.delivered(*static_cast<Delivery*>(message->_private), *message);
        }
    }
    return ended;
}

void Producer::hurry() {
    if (flush_.joinable()) return;
    // The client hurries only while a flush waits, and a flush blocks.
    flush_ = std::jthread([client = client_.get()](const std::stop_token& stop) {
        while (!stop.stop_requested() && rd_kafka_flush(client, 50) != RD_KAFKA_RESP_ERR_NO_ERROR) {
        }
    });
}

void Producer::give_up() { rd_kafka_purge(client_.get(), RD_KAFKA_PURGE_F_QUEUE | RD_KAFKA_PURGE_F_INFLIGHT); }

bool Producer::failed() const { return rd_kafka_fatal_error(client_.get(), nullptr, 0) != RD_KAFKA_RESP_ERR_NO_ERROR; }

}  // namespace prelabel::kafka
