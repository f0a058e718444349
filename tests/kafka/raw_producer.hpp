#pragma once

#include "kafka/handles.hpp"
#include "kafka/messages.hpp"

#include <prelabel/base/expects.hpp>
#include <prelabel/base/record.hpp>
#include <prelabel/kafka/settings.hpp>

#include <string>

namespace prelabel::kafka::test {

/// Writes what the sink never writes: null values, whole batches, other codecs.
class RawProducer {
public:
    explicit RawProducer(const std::string& brokers, const Properties& properties = {}) {
        ConfPtr conf(rd_kafka_conf_new());
        set(conf.get(), "bootstrap.servers", brokers);
        set(conf.get(), "enable.metrics.push", "false");
        for (const auto& [name, value] : properties) set(conf.get(), name, value);
        client_.reset(rd_kafka_new(RD_KAFKA_PRODUCER, conf.release(), nullptr, 0));
        expects(client_ != nullptr, "a producer can be made");
    }

    /// Only the record's partition, key, value and headers count.
    void add(const Record& record) {
        auto headers = headers_of(record.headers);
        const auto bytes = [](const auto& text) { return text ? const_cast<char*>(text->data()) : nullptr; };  // NOLINT
        const auto size = [](const auto& text) { return text ? text->size() : 0; };
        const auto error = rd_kafka_producev(client_.get(), RD_KAFKA_V_TOPIC(record.origin.partition.topic.c_str()),
                                             RD_KAFKA_V_PARTITION(record.origin.partition.number),
                                             RD_KAFKA_V_MSGFLAGS(RD_KAFKA_MSG_F_COPY | RD_KAFKA_MSG_F_BLOCK),
                                             RD_KAFKA_V_VALUE(bytes(record.value), size(record.value)),
                                             RD_KAFKA_V_KEY(bytes(record.key), size(record.key)),
                                             RD_KAFKA_V_HEADERS(headers.release()), RD_KAFKA_V_END);
        expects(error == RD_KAFKA_RESP_ERR_NO_ERROR, "a record is taken");
    }
    void flush() { expects(rd_kafka_flush(client_.get(), 30'000) == RD_KAFKA_RESP_ERR_NO_ERROR, "all is written"); }

private:
    static void set(rd_kafka_conf_t* conf, const std::string& name, const std::string& value) {
        expects(rd_kafka_conf_set(conf, name.c_str(), value.c_str(), nullptr, 0) == RD_KAFKA_CONF_OK,
                "a known property");
    }
    ClientPtr client_;
};

}  // namespace prelabel::kafka::test
