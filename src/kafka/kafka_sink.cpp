#include "kafka/explain.hpp"
#include "kafka/producer.hpp"

#include <prelabel/kafka/kafka_sink.hpp>

#include <algorithm>
#include <deque>
#include <unistd.h>
#include <utility>
#include <vector>

namespace prelabel::kafka {
namespace {

constexpr auto close_bound = std::chrono::seconds(10);
constexpr auto hurry_interval = std::chrono::milliseconds(200);
constexpr auto give_up_bound = std::chrono::seconds(2);
constexpr auto rebuild_interval = std::chrono::seconds(5);  // a broker that fails every producer is not stormed

std::size_t size_of(const pipeline::Output& output) {
    auto size = output.value.size() + (output.key ? output.key->size() : 0);
    for (const auto& [name, value] : output.headers) size += name.size() + (value ? value->size() : 0) + 10;
    return size;
}

}  // namespace

class KafkaSink::Impl {
public:
    Impl(pipeline::Executor loop, pipeline::Clock& clock, OutputSettings settings, OnNotice on_notice)
        : clock_(clock),
          settings_(std::move(settings)),
          on_notice_(std::move(on_notice)),
          wakeup_(loop, [this] { serve(); }),
          bound_([this] { wake(); }),
          events_{[this](Delivery& delivery, rd_kafka_resp_err_t error) { delivered(delivery, error); },
                  [this](rd_kafka_event_t* event) { other(event); }} {}
    Impl(const Impl&) = delete;
    Impl& operator=(const Impl&) = delete;
    ~Impl();

    [[nodiscard]] Result<> start();
    [[nodiscard]] pipeline::Task<Result<>> write(pipeline::Output output);
    [[nodiscard]] pipeline::Task<> close();
    [[nodiscard]] SinkStats stats() const;

private:
    using Room = pipeline::Signal<bool>;  ///< false: the sink is closed, and may be gone

    void serve();
    void delivered(Delivery& delivery, rd_kafka_resp_err_t error);
    void other(rd_kafka_event_t* event);
    void let_in(std::size_t writes);
    [[nodiscard]] bool replace_failed_producer();
    [[nodiscard]] Error failure(pipeline::OutputKind kind, rd_kafka_resp_err_t error) const;
    [[nodiscard]] Error too_large(pipeline::OutputKind kind, std::size_t bytes) const;
    [[nodiscard]] const std::string& topic_of(pipeline::OutputKind kind) const;
    [[nodiscard]] pipeline::Task<> wait_until_empty(TimePoint deadline);
    void wake();

    pipeline::Clock& clock_;
    OutputSettings settings_;
    OnNotice on_notice_;
    Wakeup wakeup_;
    pipeline::Timer bound_;
    Producer::Events events_;
    std::unique_ptr<Producer> producer_;
    std::vector<std::unique_ptr<Producer>> retired_;  // failed for good; kept until their last record is reported
    std::optional<TimePoint> rebuilt_at_;
    std::deque<Room*> waiting_;  // writes that met a full queue, first come first served
    SinkStats counters_;
    bool closed_ = false;
    std::optional<pipeline::Signal<pipeline::Done>> changed_;
};

KafkaSink::Impl::~Impl() {
    clock_.disarm(bound_);
    closed_ = true;
    let_in(waiting_.size());
    // Writes still under way must hear of it, or their coroutines would never end. The client answers a purge at once
    // for what it has queued, and within a moment for what is being sent.
    for (int tries = 0; producer_ && stats().in_flight > 0 && tries < 200; ++tries) {
        if (tries == 0) producer_->give_up();
        serve();
        if (stats().in_flight > 0) ::usleep(5'000);
    }
}

Result<> KafkaSink::Impl::start() {
    auto producer = Producer::create(settings_, wakeup_);
    if (!producer) return producer.error();
    producer_ = std::move(*producer);
    return {};
}

pipeline::Task<Result<>> KafkaSink::Impl::write(pipeline::Output output) {
    Delivery delivery;
    delivery.kind = output.kind;
    delivery.bytes = output.value.size();
    if (const auto size = size_of(output); size > settings_.max_record_bytes) co_return too_large(output.kind, size);
    for (;;) {
        if (closed_) co_return Error{Fault::cancelled, "the sink is closed"};
        const auto error = producer_->produce(output, delivery);
        if (error == RD_KAFKA_RESP_ERR_NO_ERROR) break;
        if (error == RD_KAFKA_RESP_ERR__FATAL && replace_failed_producer()) continue;
        if (error != RD_KAFKA_RESP_ERR__QUEUE_FULL) {
            ++counters_.failed;
            co_return failure(output.kind, error);
        }
        ++counters_.waits_for_room;
        Room room;
        waiting_.push_back(&room);
        const bool open = co_await room.wait();
        if (!open) co_return Error{Fault::cancelled, "the sink is closed"};
    }
    output.value = {};  // the client has its copy
    Result<> outcome = co_await delivery.outcome.wait();
    co_return outcome;
}

void KafkaSink::Impl::serve() {
    let_in(producer_->serve(events_));
    for (auto& old : retired_) old->serve(events_);
    std::erase_if(retired_, [](const auto& old) { return old->under_way() == 0; });
    wake();
}

void KafkaSink::Impl::delivered(Delivery& delivery, rd_kafka_resp_err_t error) {
    if (error == RD_KAFKA_RESP_ERR_NO_ERROR) {
        ++counters_.records;
        counters_.bytes += delivery.bytes;
        return delivery.outcome.set({});
    }
    ++counters_.failed;
    delivery.outcome.set(failure(delivery.kind, error));
}

void KafkaSink::Impl::other(rd_kafka_event_t* event) {
    if (rd_kafka_event_type(event) == RD_KAFKA_EVENT_ERROR) ++counters_.errors;
    if (on_notice_) on_notice_(notice_of(event));
}

void KafkaSink::Impl::let_in(std::size_t writes) {
    for (; writes > 0 && !waiting_.empty(); --writes) {
        waiting_.front()->set(!closed_);
        waiting_.pop_front();
    }
}

bool KafkaSink::Impl::replace_failed_producer() {
    if (!producer_->failed()) return false;
    if (rebuilt_at_ && clock_.now() - *rebuilt_at_ < rebuild_interval) return false;
    rebuilt_at_ = clock_.now();
    auto fresh = Producer::create(settings_, wakeup_);
    if (!fresh) return false;
    producer_->give_up();
    retired_.push_back(std::exchange(producer_, std::move(*fresh)));
    ++counters_.rebuilds;
    let_in(waiting_.size());
    return true;
}

const std::string& KafkaSink::Impl::topic_of(pipeline::OutputKind kind) const {
    return kind == pipeline::OutputKind::annotation ? settings_.topic : settings_.dead_letter_topic;
}

Error KafkaSink::Impl::too_large(pipeline::OutputKind kind, std::size_t bytes) const {
    return {Fault::input, "a record of " + std::to_string(bytes) + " bytes for " + topic_of(kind) +
                              " is over output.kafka.max_record_bytes (" + std::to_string(settings_.max_record_bytes) +
                              ")"};
}

Error KafkaSink::Impl::failure(pipeline::OutputKind kind, rd_kafka_resp_err_t error) const {
    auto message = "a record could not be written to " + topic_of(kind) + ": " + explain(error);
    switch (error) {
        case RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE:
        case RD_KAFKA_RESP_ERR_INVALID_RECORD:
            return {Fault::input, std::move(message)};
        default:
            return {Fault::dependency, std::move(message)};
    }
}

pipeline::Task<> KafkaSink::Impl::wait_until_empty(TimePoint deadline) {
    while (stats().in_flight > 0 && clock_.now() < deadline) {
        producer_->hurry();
        clock_.arm(bound_, std::min(deadline, clock_.now() + Duration(hurry_interval)));
        changed_.emplace();
        co_await changed_->wait();
    }
    clock_.disarm(bound_);
}

pipeline::Task<> KafkaSink::Impl::close() {
    if (closed_) co_return;
    closed_ = true;
    let_in(waiting_.size());
    co_await wait_until_empty(clock_.now() + close_bound);
    if (stats().in_flight == 0) co_return;
    producer_->give_up();
    co_await wait_until_empty(clock_.now() + give_up_bound);
}

void KafkaSink::Impl::wake() {
    if (changed_ && !changed_->is_set()) changed_->set({});
}

SinkStats KafkaSink::Impl::stats() const {
    auto stats = counters_;
    stats.in_flight = producer_ ? producer_->under_way() : 0;
    for (const auto& old : retired_) stats.in_flight += old->under_way();
    return stats;
}

Result<std::unique_ptr<KafkaSink>> KafkaSink::create(pipeline::Executor loop, pipeline::Clock& clock,
                                                     OutputSettings settings, OnNotice on_notice) {
    auto impl = std::make_unique<Impl>(loop, clock, std::move(settings), std::move(on_notice));
    if (auto started = impl->start(); !started) return started.error();
    return std::unique_ptr<KafkaSink>(new KafkaSink(std::move(impl)));
}

KafkaSink::KafkaSink(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
KafkaSink::~KafkaSink() = default;

pipeline::Task<Result<>> KafkaSink::write(pipeline::Output output) { return impl_->write(std::move(output)); }
pipeline::Task<> KafkaSink::close() { return impl_->close(); }
SinkStats KafkaSink::stats() const { return impl_->stats(); }

}  // namespace prelabel::kafka
