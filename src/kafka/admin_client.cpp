#include "kafka/admin_client.hpp"

#include "kafka/conf.hpp"
#include "kafka/explain.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace prelabel::kafka {
namespace {

constexpr int weight_of_refusal = 3;  // of a login or a certificate
constexpr int refusals_max = 3;
constexpr std::chrono::milliseconds reach_bound{2'500};

/// Without how long the client tried and how often: "(after 0ms in state CONNECT, 3 identical error(s) suppressed)".
std::string without_timing(std::string text) {
    const auto from = text.find(" (after ");
    if (from != std::string::npos) text.erase(from, text.find("; ", from) - from);
    return text;
}

}  // namespace

Result<AdminClient> AdminClient::create(const std::string& brokers, const Properties& properties,
                                        std::string_view section, std::chrono::milliseconds timeout,
                                        const std::string& group) {
    auto conf = admin_conf(brokers, properties, section, group);
    if (!conf) return conf.error();
    // A consumer's client: a producer's would ask the broker to create the topics it looks for.
    auto client = make_client(RD_KAFKA_CONSUMER, std::move(*conf), properties, section);
    if (!client) return client.error();
    return AdminClient(std::move(*client), timeout);
}

AdminClient::AdminClient(ClientPtr client, std::chrono::milliseconds timeout)
    : client_(std::move(client)),
      main_(rd_kafka_queue_get_main(client_.get())),
      replies_(rd_kafka_queue_new(client_.get())),
      timeout_(timeout),
      deadline_(std::chrono::steady_clock::now() + timeout) {}

int AdminClient::left() const {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline_ - std::chrono::steady_clock::now());
    return static_cast<int>(std::clamp<std::int64_t>(left.count(), 1, timeout_.count()));
}

EventPtr AdminClient::ask(rd_kafka_admin_op_t what, bool with_permissions,
                          const std::function<void(const rd_kafka_AdminOptions_t*, rd_kafka_queue_t*)>& start) {
    const AdminOptionsPtr options(rd_kafka_AdminOptions_new(client_.get(), what));
    std::array<char, 256> reason{};
    const int bound = std::min(left(), 3'000);
    rd_kafka_AdminOptions_set_request_timeout(options.get(), bound, reason.data(), reason.size());
    if (with_permissions) {
        const ErrorPtr refused(rd_kafka_AdminOptions_set_include_authorized_operations(options.get(), 1));
    }
    start(options.get(), replies_.get());
    return EventPtr(rd_kafka_queue_poll(replies_.get(), bound + 500));
}

bool AdminClient::reach(const std::stop_token& stop) {
    const rd_kafka_metadata_t* metadata = nullptr;
    // Asked in short turns: what the client says meanwhile, such as a refused login, makes further waiting pointless.
    // Not the first refusal: of several brokers another may answer.
    int refusals = 0;
    const auto until = std::min(deadline_, std::chrono::steady_clock::now() + reach_bound);
    while (std::chrono::steady_clock::now() < until && refusals < refusals_max && !stop.stop_requested()) {
        if (rd_kafka_metadata(client_.get(), 0, nullptr, &metadata, std::min(left(), 500)) ==
            RD_KAFKA_RESP_ERR_NO_ERROR) {
            rd_kafka_metadata_destroy(metadata);
            return true;
        }
        listen();
        if (weight_ == weight_of_refusal) ++refusals;
    }
    return false;
}

std::optional<int> AdminClient::partitions(const std::string& topic, rd_kafka_resp_err_t& error) {
    const TopicPtr handle(rd_kafka_topic_new(client_.get(), topic.c_str(), nullptr));
    const rd_kafka_metadata_t* metadata = nullptr;
    error = rd_kafka_metadata(client_.get(), 0, handle.get(), &metadata, left());
    if (error != RD_KAFKA_RESP_ERR_NO_ERROR) return {};
    std::optional<int> found;
    for (int i = 0; i < metadata->topic_cnt; ++i) {
        error = metadata->topics[i].err;
        if (error == RD_KAFKA_RESP_ERR_NO_ERROR) found = metadata->topics[i].partition_cnt;
    }
    rd_kafka_metadata_destroy(metadata);
    return found;
}

rd_kafka_resp_err_t AdminClient::ask_for_offsets(const std::string& topic) {
    constexpr int turns = 6;
    const QueuePtr news(rd_kafka_queue_get_consumer(client_.get()));
    const PartitionListPtr partitions(rd_kafka_topic_partition_list_new(1));
    rd_kafka_topic_partition_list_add(partitions.get(), topic.c_str(), 0);
    for (int turn = 0; turn < turns; ++turn) {
        const auto error = rd_kafka_committed(client_.get(), partitions.get(), std::min(left(), 500));
        // Who may not use a group may not ask for its coordinator either:
        // then the client says so, and the question waits.
        while (const EventPtr event{rd_kafka_queue_poll(news.get(), 0)})
            if (rd_kafka_event_error(event.get()) == RD_KAFKA_RESP_ERR_GROUP_AUTHORIZATION_FAILED)
                return RD_KAFKA_RESP_ERR_GROUP_AUTHORIZATION_FAILED;
        if (error != RD_KAFKA_RESP_ERR__TIMED_OUT && error != RD_KAFKA_RESP_ERR__WAIT_COORD) return error;
    }
    return RD_KAFKA_RESP_ERR__TIMED_OUT;
}

void AdminClient::listen() {
    while (const EventPtr event{rd_kafka_queue_poll(main_.get(), 0)}) {
        if (rd_kafka_event_type(event.get()) != RD_KAFKA_EVENT_ERROR) continue;
        const auto error = rd_kafka_event_error(event.get());
        const int weight = error == RD_KAFKA_RESP_ERR__AUTHENTICATION || error == RD_KAFKA_RESP_ERR__SSL
                               ? weight_of_refusal
                           : error == RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN ? 1
                                                                          : 2;
        if (weight < weight_) continue;
        weight_ = weight;
        worst_ = without_timing(notice_of(event.get()).text);
    }
}

std::string AdminClient::trouble() {
    listen();
    return worst_.empty() ? explain(RD_KAFKA_RESP_ERR__TIMED_OUT) : worst_;
}

}  // namespace prelabel::kafka
