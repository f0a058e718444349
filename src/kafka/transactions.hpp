#pragma once

#include "kafka/broker_watch.hpp"
#include "kafka/producer.hpp"
#include "kafka/transaction_client.hpp"
#include "kafka/transaction_course.hpp"
#include "kafka/wakeup.hpp"

#include <prelabel/async/clock.hpp>
#include <prelabel/async/offload.hpp>
#include <prelabel/async/signal.hpp>
#include <prelabel/base/result.hpp>
#include <prelabel/kafka/notice.hpp>
#include <prelabel/kafka/settings.hpp>
#include <prelabel/kafka/stats.hpp>

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace prelabel::kafka {

/// One transactional producer after another, and the transaction that is open or whose end is unknown.
///
///   no client ─▶ new client ── init ──▶ ready ── begin ──▶ open ── offsets, commit ──▶ ready
///       ▲            │                                      │ ├─ abort ─▶ ready
///       │            └ the last commit's outcome is read back│ └─ failed for good, or the commit got no answer ─┐
///       └────────────────────────────────────────────────────┴───────────────────────────────────────────────────┘
///
/// Each transaction that was begun is said to have ended exactly once, with whether it was committed.
/// Bound:   every call of the client blocks for at most a second.
/// Threads: confined to the loop; blocking calls are made on a thread of its own.
class Transactions {
public:
    struct Events {
        std::function<void(Delivery&, rd_kafka_resp_err_t)> delivered;
        std::function<void(bool committed)> ended;
        std::function<void()> served;  ///< something was reported: there may be room, or an end
        std::function<void(const std::string&)> hopeless;
        OnNotice on_notice;
    };
    struct Names {
        OutputSettings output;
        rd_kafka_t* consumer;
        std::string group;
        bool on_a_mock;
    };

    Transactions(async::Executor loop, async::Clock& clock, Names names, Events events);
    Transactions(const Transactions&) = delete;
    Transactions& operator=(const Transactions&) = delete;
    ~Transactions();

    /// Makes the first client. Errors: Fault::config.
    [[nodiscard]] Result<> start();
    /// Ends what is open or unknown. Afterwards one can begin.
    [[nodiscard]] async::Coroutine<Result<>> get_ready(TimePoint deadline);
    [[nodiscard]] async::Coroutine<Result<>> begin(TimePoint deadline);
    [[nodiscard]] rd_kafka_resp_err_t produce(const pipeline::Output& output, Delivery& delivery);
    /// Who would commit now; null where the consumer is no member of its group.
    [[nodiscard]] async::Coroutine<transaction::MemberPtr> member();
    /// Errors: Fault::dependency; the next get_ready() finds out what became of it.
    [[nodiscard]] async::Coroutine<Result<>> commit(std::vector<pipeline::Progress> progress,
                                                    transaction::MemberPtr member, TimePoint deadline);
    /// The open transaction must not be committed: get_ready() aborts it.
    void spoil() { spoilt_ = true; }

    /// Open, and it can still be committed before the broker ends it.
    [[nodiscard]] bool goes_on() const;
    [[nodiscard]] bool is_unknown() const { return !unknown_.empty(); }
    /// Records that the client has not reported.
    [[nodiscard]] std::size_t under_way() const { return producer_ ? producer_->under_way() : 0; }
    [[nodiscard]] const TransactionStats& stats() const { return stats_; }
    [[nodiscard]] std::uint64_t rebuilds() const { return rebuilds_; }
    [[nodiscard]] std::uint64_t errors() const { return errors_; }
    [[nodiscard]] std::optional<std::size_t> brokers_up() const { return brokers_.up(); }

private:
    enum class State { no_client, new_client, ready, open };
    using Call = std::function<transaction::Outcome(transaction::Bound)>;

    /// None: it worked. Notes when the client had time to send the step twice.
    [[nodiscard]] async::Coroutine<std::optional<TransactionCourse>> attempt(TransactionStep step, Call call,
                                                                             TimePoint deadline);
    [[nodiscard]] async::Coroutine<Result<>> take_client(TimePoint deadline);
    [[nodiscard]] async::Coroutine<Result<>> refuse_a_mock();
    [[nodiscard]] async::Coroutine<Result<>> read_back(TimePoint deadline);
    [[nodiscard]] async::Coroutine<Result<>> abort(TimePoint deadline);
    [[nodiscard]] Error failed(const char* what) const;
    void end(bool committed);
    void discard();
    void give_up();
    void serve();
    void heard(rd_kafka_event_t* event);
    void say(Severity severity, std::string text) const;

    async::Clock& clock_;
    Names names_;
    Events events_;
    Duration timeout_;
    Wakeup wakeup_;
    State state_ = State::no_client;
    bool spoilt_ = false;
    bool mock_refused_ = false;
    bool sent_twice_ = false;  ///< perhaps; the one that comes late must find this producer shut out
    TimePoint opened_{};
    std::vector<pipeline::Progress> unknown_;  ///< what was sent with the commit that nobody answered
    TransactionFailure last_;
    TransactionStats stats_;
    std::uint64_t rebuilds_ = 0;
    std::uint64_t errors_ = 0;
    BrokerWatch brokers_{output_section};
    Producer::Events reports_;
    std::unique_ptr<Producer> producer_;
    std::shared_ptr<Producer> discarded_;
    async::Offload blocking_;  // last: its call under way ends before the clients do
};

}  // namespace prelabel::kafka
