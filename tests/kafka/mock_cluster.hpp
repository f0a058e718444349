#pragma once

#include "kafka/handles.hpp"

#include <prelabel/base/expects.hpp>

#include <chrono>
#include <initializer_list>
#include <string>
#include <vector>

#include <librdkafka/rdkafka_mock.h>

namespace prelabel::kafka::test {

/// What the protocol calls its requests, as far as the tests make them fail.
enum class Request : std::int16_t {
    produce = 0,
    fetch = 1,
    offset_commit = 8,
    offset_fetch = 9,
    find_coordinator = 10,
    heartbeat = 12,
    init_producer_id = 22,
    add_partitions_to_txn = 24,
    end_txn = 26,
    txn_offset_commit = 28
};

/// A broker inside the test: librdkafka's mock cluster, on loopback.
class MockCluster {
public:
    explicit MockCluster(std::initializer_list<std::pair<std::string, int>> topics) {
        ConfPtr conf(rd_kafka_conf_new());
        rd_kafka_conf_set(conf.get(), "log_level", "3", nullptr, 0);
        rd_kafka_conf_set(conf.get(), "enable.metrics.push", "false", nullptr, 0);  // it ends a second sooner
        client_.reset(rd_kafka_new(RD_KAFKA_PRODUCER, conf.release(), nullptr, 0));
        expects(client_ != nullptr, "a client for the mock cluster can be made");
        cluster_ = rd_kafka_mock_cluster_new(client_.get(), 1);
        expects(cluster_ != nullptr, "a mock cluster can be made");
        rd_kafka_mock_group_initial_rebalance_delay_ms(cluster_, 0);
        for (const auto& [name, partitions] : topics) create(name, partitions);
    }
    MockCluster(const MockCluster&) = delete;
    MockCluster& operator=(const MockCluster&) = delete;
    ~MockCluster() { rd_kafka_mock_cluster_destroy(cluster_); }

    [[nodiscard]] std::string brokers() const { return rd_kafka_mock_cluster_bootstraps(cluster_); }

    void create(const std::string& topic, int partitions) {
        rd_kafka_mock_topic_create(cluster_, topic.c_str(), partitions, 1);
    }

    /// The next requests of this kind get these errors, in order.
    void fail(Request request, std::vector<rd_kafka_resp_err_t> errors) {
        rd_kafka_mock_push_request_errors_array(cluster_, static_cast<std::int16_t>(request), errors.size(),
                                                errors.data());
    }

    /// So many requests of this kind are answered late.
    void delay(Request request, int count, std::chrono::milliseconds by) {
        for (int i = 0; i < count; ++i)
            rd_kafka_mock_broker_push_request_error_rtts(cluster_, 1, static_cast<std::int16_t>(request), 1,
                                                         RD_KAFKA_RESP_ERR_NO_ERROR, static_cast<int>(by.count()));
    }

    void stop() { rd_kafka_mock_broker_set_down(cluster_, 1); }
    void start() { rd_kafka_mock_broker_set_up(cluster_, 1); }

private:
    ClientPtr client_;
    rd_kafka_mock_cluster_t* cluster_ = nullptr;
};

}  // namespace prelabel::kafka::test
