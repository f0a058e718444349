#pragma once

#include "kafka/producer.hpp"

#include <prelabel/base/result.hpp>
#include <prelabel/kafka/settings.hpp>
#include <prelabel/kafka/stats.hpp>

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <vector>

namespace prelabel::kafka {

/// An output until it is durable, or will not be. The client may still speak of it when nobody waits any more.
struct WaitingOutput : Delivery {
    pipeline::Output output;
    std::uint64_t number = 0;  ///< in the order they came
    std::size_t size = 0;
    bool alone = false;  ///< its batch was refused: whether it was the cause is seen when it has no company
    rd_kafka_resp_err_t error = RD_KAFKA_RESP_ERR_NO_ERROR;

    void end(Result<> with) {
        if (!outcome.is_set()) outcome.set(std::move(with));
    }
};
using WaitingOutputPtr = std::shared_ptr<WaitingOutput>;

/// The outputs that wait for a transaction, and those of the one that is open or whose end is unknown.
///
///   add ─▶ waiting ── take ──▶ sent ── committed ──▶ durable
///             ▲                 └─ aborted: what is still wanted goes back to its place in front
///             └─────────────────────┘
///
/// Threads: confined to the loop.
class WaitingOutputs {
public:
    WaitingOutputs(const OutputSettings& settings, const TransactionSettings& transactions);

    [[nodiscard]] WaitingOutputPtr add(pipeline::Output output);
    /// So many wait that a commit should come now.
    [[nodiscard]] bool crowded() const;
    [[nodiscard]] bool none_waits() const { return waiting_.empty(); }
    /// The last that came, and whether one that came by then still waits.
    [[nodiscard]] std::uint64_t last() const { return arrived_; }
    [[nodiscard]] bool wait_since(std::uint64_t last) const {
        return !waiting_.empty() && waiting_.front()->number <= last;
    }

    /// As many as a transaction takes, in their order.
    void take();
    [[nodiscard]] const std::vector<WaitingOutputPtr>& sent() const { return sent_; }
    [[nodiscard]] std::vector<Origin> origins() const;

    /// Nobody waits any more for those whose partition was taken away.
    void drop_unwanted();
    [[nodiscard]] bool sent_unwanted() const;

    void reported(Delivery& delivery, rd_kafka_resp_err_t error);
    [[nodiscard]] bool refused() const { return refused_; }
    /// What the refusals of the last transaction that was aborted came to.
    struct Verdict {
        std::string trouble{};                                           ///< of the broker, not of an output
        rd_kafka_resp_err_t refused_batch = RD_KAFKA_RESP_ERR_NO_ERROR;  ///< whose outputs go alone next time
        bool found = false;                                              ///< an output that was refused alone
    };
    [[nodiscard]] const Verdict& verdict() const { return verdict_; }

    /// How the transaction ended.
    void ended(bool committed);
    void give_up_waiting(const Error& why);
    void give_up_sent(const Error& why);

    [[nodiscard]] SinkStats& counters() { return counters_; }
    [[nodiscard]] const SinkStats& counters() const { return counters_; }

private:
    /// Each refusal, once all are in: what goes down with them was not at fault.
    void judge();
    void judge_alone(WaitingOutput& one) const;

    const OutputSettings& settings_;
    const TransactionSettings& transactions_;
    std::deque<WaitingOutputPtr> waiting_;
    std::size_t bytes_waiting_ = 0;
    std::vector<WaitingOutputPtr> sent_;
    bool refused_ = false;
    bool unexplained_ = false;  // the last refusals were nobody's
    Verdict verdict_;
    std::uint64_t arrived_ = 0;
    SinkStats counters_;
};

}  // namespace prelabel::kafka
