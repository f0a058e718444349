#pragma once

#include "kafka/conf.hpp"
#include "kafka/handles.hpp"
#include "kafka/wakeup.hpp"

#include <prelabel/async/signal.hpp>
#include <prelabel/base/result.hpp>
#include <prelabel/kafka/settings.hpp>
#include <prelabel/pipeline/outbox.hpp>

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <thread>

namespace prelabel::kafka {

/// A record on its way: told once what became of it. `bytes` is for the counters. `spare_key` is for a record without a
/// key whose topic takes none without.
struct Delivery {
    async::Signal<Result<>> outcome;
    pipeline::OutputKind kind = pipeline::OutputKind::annotation;
    std::size_t bytes = 0;
    std::optional<std::string> spare_key;
};

/// One idempotent producer client with its topics. After a fatal error it is of no more use: see Producers.
/// Lifetime: a Delivery lives until it is reported.   Threads: confined to the loop, but for a flush, which waits on a
/// thread of its own. The destructor joins the client's threads: not for the loop while it turns.
class Producer {
public:
    struct Events {
        std::function<void(Delivery&, const rd_kafka_message_t&)> delivered;
        std::function<void(rd_kafka_event_t*)> other;  ///< errors and log lines
    };

    [[nodiscard]] static Result<std::unique_ptr<Producer>> create(const OutputSettings& settings, Batching batching,
                                                                  Wakeup& wakeup);
    Producer(const Producer&) = delete;
    Producer& operator=(const Producer&) = delete;
    ~Producer();

    /// Hands a copy of the output to the client. On success `delivery` will be told the outcome.
    [[nodiscard]] rd_kafka_resp_err_t produce(const pipeline::Output& output, Delivery& delivery);
    /// The same for a record that a producer gives back in its report; with another key where one is given.
    [[nodiscard]] rd_kafka_resp_err_t produce_again(const rd_kafka_message_t& reported, Delivery& delivery,
                                                    const std::optional<std::string>& key);
    /// Takes what the client has reported. Returns how many records ended.
    std::size_t serve(const Events& events);
    /// From now on nothing lingers. For closing.
    void hurry();
    /// Gives up all that is under way; outcomes follow through serve().
    void give_up();

    /// For calls that block: not on the loop.
    [[nodiscard]] rd_kafka_t* client() const { return client_.get(); }
    [[nodiscard]] std::size_t under_way() const { return under_way_; }
    [[nodiscard]] bool failed() const;

private:
    Producer(ClientPtr client, const OutputSettings& settings, Wakeup& wakeup);
    [[nodiscard]] rd_kafka_resp_err_t send(const void* value, std::size_t value_size, const void* key,
                                           std::size_t key_size, HeadersPtr headers, Delivery& delivery);

    ClientPtr client_;
    QueuePtr queue_;
    TopicPtr annotations_;
    TopicPtr dead_letters_;
    std::size_t under_way_ = 0;
    std::jthread flush_;  // last: it ends before the client does
};

}  // namespace prelabel::kafka
