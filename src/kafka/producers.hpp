#pragma once

#include "kafka/producer.hpp"

#include <prelabel/async/clock.hpp>
#include <prelabel/kafka/notice.hpp>
#include <prelabel/kafka/stats.hpp>

#include <future>
#include <list>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace prelabel::kafka {

/// The producers behind a sink: which of them sends a record, and what follows when one is refused or fails.
///
///   everybody's ── batch refused ──▶ alone: one record a batch ── refused ──▶ this record's own fault
///        └──────── failed for good ─▶ a new one; the old one is kept until its last record is reported
///
/// A broker refuses a whole batch for its size or for one bad record in it, so a refusal in company says nothing of a
/// record. The client for lone records exists from the first such refusal on. A lone record that breaks a rule of its
/// topic is sent once more with its spare key where it has one.
/// Bound: each of the two has the queue of OutputSettings.   Threads: confined to the loop; failed clients are
/// destroyed on threads of their own, since that waits for the client's.
class Producers {
public:
    struct Events {
        std::function<void(Delivery&, rd_kafka_resp_err_t)> delivered;  ///< final
        std::function<void(rd_kafka_event_t*)> other;
        OnNotice on_notice;
    };

    Producers(const OutputSettings& settings, async::Clock& clock, Wakeup& wakeup, Events events);

    [[nodiscard]] Result<> start();
    [[nodiscard]] rd_kafka_resp_err_t produce(const pipeline::Output& output, Delivery& delivery);
    /// Takes what the clients have reported. Returns for how many records more there is room.
    std::size_t serve();
    void hurry();
    void give_up();

    [[nodiscard]] std::uint64_t rebuilds() const { return rebuilds_; }
    [[nodiscard]] std::uint64_t sent_alone() const { return sent_alone_; }

private:
    struct Lane {
        Batching batching = Batching::shared;
        std::unique_ptr<Producer> producer;
        std::optional<TimePoint> rebuilt_at;
        std::list<std::unique_ptr<Producer>> retired;  // a list: it may grow while they are served
    };

    void reported(Delivery& delivery, const rd_kafka_message_t& message);
    void reported_alone(Delivery& delivery, const rd_kafka_message_t& message);
    [[nodiscard]] rd_kafka_resp_err_t send_alone(const rd_kafka_message_t& message, Delivery& delivery,
                                                 const std::optional<std::string>& key = std::nullopt);
    [[nodiscard]] bool replace_failed(Lane& lane);
    /// Also what its retired producers report: a lone record's verdict stays final. Returns how much room was made.
    static std::size_t serve(Lane& lane, const Producer::Events& events);
    void bury_retired(Lane& lane);

    const OutputSettings& settings_;
    async::Clock& clock_;
    Wakeup& wakeup_;
    Events events_;
    Producer::Events shared_events_;
    Producer::Events alone_events_;
    Lane shared_{Batching::shared, nullptr, std::nullopt, {}};
    Lane alone_{Batching::alone, nullptr, std::nullopt, {}};
    std::vector<std::future<void>> burials_;
    std::uint64_t rebuilds_ = 0;
    std::uint64_t sent_alone_ = 0;
};

}  // namespace prelabel::kafka
