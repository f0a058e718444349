#pragma once

#include "kafka/assignment.hpp"
#include "kafka/broker_watch.hpp"
#include "kafka/conf.hpp"
#include "kafka/group.hpp"
#include "kafka/handles.hpp"
#include "kafka/wakeup.hpp"

#include <prelabel/async/signal.hpp>
#include <prelabel/kafka/kafka_source.hpp>

#include <deque>
#include <optional>
#include <string>

namespace prelabel::kafka {

/// What KafkaSource does, in librdkafka's words.
///
///   client's threads ──▶ common queue ──▶ serve(): rebalances, commit replies, errors, logs   (on signals and on a
///   timer)
///                   └──▶ one queue a partition ──▶ read() inside next(), by credit
class KafkaSource::Impl {
public:
    Impl(async::Executor loop, async::Clock& clock, ClientPtr client, const InputSettings& settings,
         OnNotice on_notice);
    Impl(const Impl&) = delete;
    Impl& operator=(const Impl&) = delete;
    ~Impl();

    [[nodiscard]] Result<> subscribe(const std::string& topic);

    [[nodiscard]] async::Coroutine<Result<pipeline::SourceEvent>> next(pipeline::Room room);
    void nudge();
    void grant(const Partition& partition, std::size_t records);
    [[nodiscard]] async::Coroutine<> release(std::vector<Partition> partitions);
    void stop();
    [[nodiscard]] async::Coroutine<> close(TimePoint deadline);
    [[nodiscard]] Group& group() { return group_; }
    [[nodiscard]] SourceStats stats() const;

private:
    using Wait = std::optional<async::Signal<async::Done>>;

    void on_tick();
    void on_signal();
    void serve(rd_kafka_queue_t* queue);
    void handle(rd_kafka_event_t* event);
    void handle_error(rd_kafka_event_t* event);
    void rebalance(rd_kafka_event_t* event);
    void assign(rd_kafka_topic_partition_list_t* list);
    void revoke(const rd_kafka_topic_partition_list_t* list);
    void unassign(const std::vector<Partition>& partitions);
    /// What the worker has not heard of yet goes as it came: it waits for a transaction, which others must not.
    [[nodiscard]] bool take_back(const std::vector<Partition>& partitions);
    /// The partition's records have another past than those that were delivered: the worker forgets those.
    void went_back(const Partition& partition, Offset delivered, Offset found);
    void resume(const Partition& partition, Offset from);
    void ask_positions();
    void ask_offsets(Offset spec);
    void take_offsets(rd_kafka_event_t* event);
    void take_committed(rd_kafka_event_t* event);
    /// The first event the worker may hear of, if there is one.
    [[nodiscard]] bool told_next() const { return !events_.empty() && !events_.front().until; }
    /// After a while what is committed is waited for no longer; where it must be known, it is asked for again.
    void look_after_committed();
    void say(Severity severity, std::string text) const;
    static void wake(Wait& wait);

    /// A rebalance that the worker has not heard of yet.
    struct Untold {
        pipeline::SourceEvent event;
        std::optional<TimePoint> until{};  // what is committed of its partitions is waited for
        std::uintptr_t question = 0;
        bool ask_again = false;
    };
    /// What the worker has been told to let go. It went back where `found` is set; else the group takes it away.
    struct Unreleased {
        std::vector<Partition> partitions;
        std::optional<Offset> found;
    };

    void ask_about(const Untold& untold);

    async::Clock& clock_;
    OnNotice on_notice_;
    Wakeup wakeup_;
    ClientPtr client_;
    QueuePtr queue_;
    QueuePtr close_queue_;
    Assignment assignment_;
    async::Timer tick_;
    TimePoint positions_due_{};
    int positions_asked_ = 0;  // answers still to come
    bool topic_gone_ = false;
    bool incremental_ = false;
    bool stopped_ = false;
    bool closing_ = false;
    bool nudged_ = false;
    std::optional<std::string> fatal_;
    std::deque<Untold> events_;
    std::deque<Unreleased> unreleased_;  // what the worker has not confirmed yet
    std::uintptr_t questions_ = 0;       // asked about what is committed when partitions came
    SourceStats counters_;
    BrokerWatch brokers_{input_section};
    // Last, so that a coroutine still waiting at destruction is destroyed while all else is there.
    Group group_;
    Wait news_;
    Wait closed_;
};

}  // namespace prelabel::kafka
