#pragma once

#include <memory>

#include <librdkafka/rdkafka.h>

namespace prelabel::kafka {

template <auto destroy>
struct DestroyWith {
    template <class T>
    void operator()(T* handle) const {
        destroy(handle);
    }
};

/// Joins the client's threads, which takes milliseconds to a second. A consumer is not closed by it: see
/// KafkaSource::close().
/// Bound: 0.8 s. A consumer whose brokers are gone waits for them as long as a session lasts, here with librdkafka
///        2.8 for 45 s; it is then left to a thread of its own, and the end of the process does not wait for it.
struct DestroyClient {
    void operator()(rd_kafka_t* client) const;
};

/// Owners of librdkafka's objects. Everything else made from a client must be destroyed before it.
using ClientPtr = std::unique_ptr<rd_kafka_t, DestroyClient>;
using ConfPtr = std::unique_ptr<rd_kafka_conf_t, DestroyWith<rd_kafka_conf_destroy>>;
using QueuePtr = std::unique_ptr<rd_kafka_queue_t, DestroyWith<rd_kafka_queue_destroy>>;
using EventPtr = std::unique_ptr<rd_kafka_event_t, DestroyWith<rd_kafka_event_destroy>>;
using TopicPtr = std::unique_ptr<rd_kafka_topic_t, DestroyWith<rd_kafka_topic_destroy>>;
using HeadersPtr = std::unique_ptr<rd_kafka_headers_t, DestroyWith<rd_kafka_headers_destroy>>;
using ErrorPtr = std::unique_ptr<rd_kafka_error_t, DestroyWith<rd_kafka_error_destroy>>;
using PartitionListPtr =
    std::unique_ptr<rd_kafka_topic_partition_list_t, DestroyWith<rd_kafka_topic_partition_list_destroy>>;
using AdminOptionsPtr = std::unique_ptr<rd_kafka_AdminOptions_t, DestroyWith<rd_kafka_AdminOptions_destroy>>;

}  // namespace prelabel::kafka
