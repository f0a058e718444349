#pragma once

#include "kafka/handles.hpp"

#include <prelabel/base/result.hpp>
#include <prelabel/kafka/settings.hpp>

#include <chrono>
#include <functional>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>

namespace prelabel::kafka {

/// A client for questions and administration, asked and answered in one blocking call each.
class AdminClient {
public:
    /// `group`: whose offsets may be asked for; the client does not join it.
    [[nodiscard]] static Result<AdminClient> create(const std::string& brokers, const Properties& properties,
                                                    std::string_view section, std::chrono::milliseconds timeout,
                                                    const std::string& group = {});

    /// Starts a request on the reply queue and waits for its result; null when the time is up.
    /// Bound: also 3 s, since some brokers never answer what they do not know.
    [[nodiscard]] EventPtr ask(rd_kafka_admin_op_t what, bool with_permissions,
                               const std::function<void(const rd_kafka_AdminOptions_t*, rd_kafka_queue_t*)>& start);
    /// Asks for the cluster, without topics: true when a broker answered. False soon where a login or a certificate is
    /// refused: that does not pass by waiting; and where it is told to stop.
    /// Bound: 2.5 s, so that whoever waits hears of it within three; and the time of this client.
    [[nodiscard]] bool reach(const std::stop_token& stop = {});
    /// Number of partitions; none with the reason in `error` where the topic is not there for this user.
    [[nodiscard]] std::optional<int> partitions(const std::string& topic, rd_kafka_resp_err_t& error);
    /// What the group's coordinator says to a question for its offsets; RD_KAFKA_RESP_ERR__TIMED_OUT where it says
    /// nothing. (Not by DescribeConsumerGroups: librdkafka 2.8 counts a reference twice when a coordinator answers
    /// late, its issue 4605, which ends the process where assertions are on.)   Bound: 3 s.
    [[nodiscard]] rd_kafka_resp_err_t ask_for_offsets(const std::string& topic);
    /// Why brokers do not answer, as far as the client has said.
    [[nodiscard]] std::string trouble();

    [[nodiscard]] rd_kafka_t* handle() const { return client_.get(); }

private:
    AdminClient(ClientPtr client, std::chrono::milliseconds timeout);

    [[nodiscard]] int left() const;
    /// Takes in what the client has to say: keeps the most telling error.
    void listen();

    ClientPtr client_;
    QueuePtr main_;
    QueuePtr replies_;
    std::chrono::milliseconds timeout_;
    std::chrono::steady_clock::time_point deadline_;
    std::string worst_;  ///< what was said, as far as it matters
    int weight_ = 0;     ///< how much that tells
};

}  // namespace prelabel::kafka
