#include "kafka/handles.hpp"

#include <chrono>
#include <future>
#include <thread>
#include <utility>

namespace prelabel::kafka {
namespace {

constexpr auto waits = std::chrono::milliseconds(800);

}  // namespace

void DestroyClient::operator()(rd_kafka_t* client) const {
    std::promise<void> gone;
    const std::future<void> destroyed = gone.get_future();
    std::thread([client, gone = std::move(gone)]() mutable {
        rd_kafka_destroy_flags(client, RD_KAFKA_DESTROY_F_NO_CONSUMER_CLOSE);
        gone.set_value();
    }).detach();
    destroyed.wait_for(waits);
}

}  // namespace prelabel::kafka
