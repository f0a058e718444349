#include "kafka/broker_watch.hpp"
#include "kafka/explain.hpp"
#include "kafka/output_rules.hpp"
#include "kafka/producers.hpp"

#include <prelabel/kafka/kafka_sink.hpp>

#include <deque>
#include <optional>
#include <string>
#include <unordered_set>
#include <utility>

namespace prelabel::kafka {
class KafkaSink::Impl {
public:
    Impl(async::Executor loop, async::Clock& clock, OutputSettings settings, OnNotice on_notice, SinkUse use)
        : clock_(clock),
          settings_(std::move(settings)),
          use_(use),
          wakeup_(loop, [this] { serve(); }),
          out_of_time_([this] { wake(); }),
          producers_(settings_, clock, wakeup_,
                     {[this](Delivery& delivery, rd_kafka_resp_err_t error) { delivered(delivery, error); },
                      [this, on_notice](rd_kafka_event_t* event) { heard(event, on_notice); },
                      use == SinkUse::loading ? nullptr : on_notice}) {}  // what is refused there is named by itself
    Impl(const Impl&) = delete;
    Impl& operator=(const Impl&) = delete;
    ~Impl();

    [[nodiscard]] Result<> start() { return producers_.start(); }
    [[nodiscard]] bool fits(const pipeline::Output& output) const {
        return bytes_of(output) <= settings_.max_record_bytes;
    }
    [[nodiscard]] async::Coroutine<Result<>> write(pipeline::Output output);
    [[nodiscard]] async::Coroutine<> close(TimePoint deadline);
    [[nodiscard]] SinkStats stats() const;

private:
    using Room = async::Signal<bool>;  ///< false: the sink is closed, and may be gone

    void serve();
    void heard(rd_kafka_event_t* event, const OnNotice& on_notice);
    void delivered(Delivery& delivery, rd_kafka_resp_err_t error);
    void let_in(std::size_t writes);
    /// Every writer still waiting is told so. No report is taken from then on: it would be of a delivery that is gone.
    void give_up();
    [[nodiscard]] Error failure(const Delivery& delivery, rd_kafka_resp_err_t error) const;
    [[nodiscard]] Error too_large(pipeline::OutputKind kind, std::size_t bytes) const;
    void wake();

    async::Clock& clock_;
    OutputSettings settings_;
    SinkUse use_;
    Wakeup wakeup_;
    async::Timer out_of_time_;
    Producers producers_;
    std::uint64_t rebuilds_met_ = 0;
    std::deque<Room*> waiting_;  // writes that met a full queue, first come first served
    std::unordered_set<Delivery*> under_way_;
    SinkStats counters_;
    BrokerWatch brokers_{output_section};
    bool closed_ = false;
    bool given_up_ = false;
    std::optional<async::Signal<async::Done>> changed_;
};

KafkaSink::Impl::~Impl() {
    clock_.disarm(out_of_time_);
    closed_ = true;
    let_in(waiting_.size());
    give_up();
}

async::Coroutine<Result<>> KafkaSink::Impl::write(pipeline::Output output) {
    Delivery delivery;
    delivery.kind = output.kind;
    delivery.bytes = output.value.size();
    delivery.spare_key = spare_key_of(output);
    if (!fits(output)) co_return too_large(output.kind, bytes_of(output));
    for (;;) {
        if (closed_) co_return Error{Fault::cancelled, "the sink is closed"};
        const auto error = producers_.produce(output, delivery);
        // A new client has an empty queue.
        if (std::exchange(rebuilds_met_, producers_.rebuilds()) != producers_.rebuilds()) let_in(waiting_.size());
        if (error == RD_KAFKA_RESP_ERR_NO_ERROR) break;
        if (error != RD_KAFKA_RESP_ERR__QUEUE_FULL) {
            ++counters_.failed;
            co_return failure(delivery, error);
        }
        ++counters_.waits_for_room;
        Room room;
        waiting_.push_back(&room);
        const bool open = co_await room.wait();
        if (!open) co_return Error{Fault::cancelled, "the sink is closed"};
    }
    under_way_.insert(&delivery);
    output = {};  // the client has its copy
    Result<> outcome = co_await delivery.outcome.wait();
    co_return outcome;
}

void KafkaSink::Impl::serve() {
    if (given_up_) return;
    let_in(producers_.serve());
    wake();
}

void KafkaSink::Impl::heard(rd_kafka_event_t* event, const OnNotice& on_notice) {
    const auto type = rd_kafka_event_type(event);
    if (type == RD_KAFKA_EVENT_ERROR) ++counters_.errors;
    const auto notice =
        type == RD_KAFKA_EVENT_STATS ? brokers_.take(rd_kafka_event_stats(event)) : std::optional(notice_of(event));
    if (notice && on_notice) on_notice(*notice);
}

void KafkaSink::Impl::delivered(Delivery& delivery, rd_kafka_resp_err_t error) {
    under_way_.erase(&delivery);
    if (error == RD_KAFKA_RESP_ERR_NO_ERROR) {
        ++counters_.records;
        counters_.bytes += delivery.bytes;
        return delivery.outcome.set({});
    }
    ++counters_.failed;
    delivery.outcome.set(failure(delivery, error));
}

void KafkaSink::Impl::let_in(std::size_t writes) {
    for (; writes > 0 && !waiting_.empty(); --writes) {
        waiting_.front()->set(!closed_);
        waiting_.pop_front();
    }
}

Error KafkaSink::Impl::too_large(pipeline::OutputKind kind, std::size_t bytes) const {
    if (use_ == SinkUse::results) return kafka::too_large(settings_, kind, bytes);
    return {Fault::input, "a record of " + std::to_string(bytes) + " bytes for " + topic_of(settings_, kind) +
                              " is over what is sent at once (" + std::to_string(settings_.max_record_bytes) + ")"};
}

Error KafkaSink::Impl::failure(const Delivery& delivery, rd_kafka_resp_err_t error) const {
    if (use_ == SinkUse::loading) {
        if (const auto refusal = refusal_of_a_document(settings_.topic, error); !refusal.empty())
            return {Fault::input, "a record of " + std::to_string(delivery.bytes) + " bytes " + refusal};
    }
    auto message = unwritten(settings_, delivery.kind, error);
    switch (error) {
        case RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE:
        case RD_KAFKA_RESP_ERR_RECORD_LIST_TOO_LARGE:
            return {Fault::input, std::move(message)};
        default:
            return {Fault::dependency, std::move(message)};
    }
}

async::Coroutine<> KafkaSink::Impl::close(TimePoint deadline) {
    if (closed_) co_return;
    closed_ = true;
    let_in(waiting_.size());
    if (!under_way_.empty()) producers_.hurry();
    if (deadline != TimePoint::max()) clock_.arm(out_of_time_, deadline);
    while (!under_way_.empty() && clock_.now() < deadline) {
        changed_.emplace();
        co_await changed_->wait();
    }
    clock_.disarm(out_of_time_);
    give_up();
}

void KafkaSink::Impl::give_up() {
    given_up_ = true;
    if (!under_way_.empty()) producers_.give_up();
    for (auto* const delivery : std::exchange(under_way_, {})) {
        ++counters_.failed;
        delivery->outcome.set(Error{Fault::dependency, "a record for " + topic_of(settings_, delivery->kind) +
                                                           " was not acknowledged before the end"});
    }
}

void KafkaSink::Impl::wake() {
    if (changed_ && !changed_->is_set()) changed_->set({});
}

SinkStats KafkaSink::Impl::stats() const {
    auto stats = counters_;
    stats.in_flight = under_way_.size();
    stats.rebuilds = producers_.rebuilds();
    stats.sent_alone = producers_.sent_alone();
    stats.brokers_up = brokers_.up();
    return stats;
}

Result<std::unique_ptr<KafkaSink>> KafkaSink::create(async::Executor loop, async::Clock& clock, OutputSettings settings,
                                                     OnNotice on_notice, SinkUse use) {
    auto impl = std::make_unique<Impl>(loop, clock, std::move(settings), std::move(on_notice), use);
    if (auto started = impl->start(); !started) return started.error();
    return std::unique_ptr<KafkaSink>(new KafkaSink(std::move(impl)));
}

KafkaSink::KafkaSink(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
KafkaSink::~KafkaSink() = default;

bool KafkaSink::fits(const pipeline::Output& output) const { return impl_->fits(output); }
async::Coroutine<Result<>> KafkaSink::write(pipeline::Output output) { return impl_->write(std::move(output)); }
async::Coroutine<> KafkaSink::close(TimePoint deadline) { return impl_->close(deadline); }
SinkStats KafkaSink::stats() const { return impl_->stats(); }

}  // namespace prelabel::kafka
