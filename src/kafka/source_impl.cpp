#include "kafka/source_impl.hpp"

#include "kafka/explain.hpp"

#include <algorithm>
#include <string_view>
#include <utility>

namespace prelabel::kafka {
namespace {

// The group is served this often even when nothing signals and nobody reads: a queue that is only polled on signals
// lets an idle topic run into max.poll.interval.ms.
constexpr auto serve_interval = std::chrono::milliseconds(500);
constexpr auto closing_interval = std::chrono::milliseconds(20);

std::size_t size_of(const std::optional<std::string>& text) { return text ? text->size() : 0; }

}  // namespace

KafkaSource::Impl::Impl(async::Executor loop, async::Clock& clock, ClientPtr client, const InputSettings& settings,
                        OnNotice on_notice)
    : clock_(clock),
      on_notice_(std::move(on_notice)),
      wakeup_(loop, [this] { on_signal(); }),
      client_(std::move(client)),
      assignment_(client_.get(), wakeup_,
                  {[this](rd_kafka_event_t* event) { handle_error(event); },
                   [this](const Partition& partition, Offset delivered, Offset found) {
                       went_back(partition, delivered, found);
                   }}),
      tick_([this] { on_tick(); }),
      group_(client_.get(), settings.group, clock) {
    group_.stable = settings.await_transactions;
    rd_kafka_poll_set_consumer(client_.get());
    queue_.reset(rd_kafka_queue_get_consumer(client_.get()));
    group_.reply_to(queue_.get());
    group_.on_committed = [this](const std::vector<pipeline::Progress>& progress) {
        for (const auto& [partition, next, done_above] : progress) assignment_.committed(partition, next);
    };
    group_.on_trouble = [this](std::string text) { say(Severity::warning, std::move(text)); };
    wakeup_.watch(queue_.get());
    clock_.arm(tick_, clock_.now() + serve_interval);
}

KafkaSource::Impl::~Impl() {
    clock_.disarm(tick_);
    Wakeup::unwatch(queue_.get());
    if (close_queue_) Wakeup::unwatch(close_queue_.get());
}

Result<> KafkaSource::Impl::subscribe(const std::string& topic) {
    const PartitionListPtr topics(rd_kafka_topic_partition_list_new(1));
    rd_kafka_topic_partition_list_add(topics.get(), topic.c_str(), RD_KAFKA_PARTITION_UA);
    const auto error = rd_kafka_subscribe(client_.get(), topics.get());
    if (error == RD_KAFKA_RESP_ERR_NO_ERROR) return {};
    return Error{Fault::config, "input.kafka.topic: " + explain(error)};
}

async::Coroutine<Result<pipeline::SourceEvent>> KafkaSource::Impl::next(pipeline::Room room) {
    for (;;) {
        serve(queue_.get());
        if (stopped_) co_return Error{Fault::cancelled, "reading was stopped"};
        if (fatal_) co_return Error{Fault::dependency, *fatal_};
        if (told_next()) {
            pipeline::SourceEvent event = std::move(events_.front().event);
            events_.pop_front();
            co_return event;
        }
        pipeline::Batch batch;
        assignment_.read(room, batch);
        if (!batch.records.empty()) {
            topic_gone_ = false;
            counters_.records += batch.records.size();
            for (const auto& record : batch.records) counters_.bytes += size_of(record.key) + size_of(record.value);
        }
        const bool news = !batch.records.empty() || !batch.ends.empty();
        if (std::exchange(nudged_, false) || news) co_return pipeline::SourceEvent(std::move(batch));
        if (fatal_ || told_next()) continue;
        news_.emplace();
        co_await news_->wait();
    }
}

void KafkaSource::Impl::nudge() {
    nudged_ = true;
    wake(news_);
}

void KafkaSource::Impl::grant(const Partition& partition, std::size_t records) {
    assignment_.grant(partition, records);
    wake(news_);
}

void KafkaSource::Impl::stop() {
    stopped_ = true;
    wake(news_);
}

void KafkaSource::Impl::wake(Wait& wait) {
    if (wait && !wait->is_set()) wait->set({});
}

void KafkaSource::Impl::on_tick() {
    if (closing_) {
        serve(close_queue_.get());
        wake(closed_);
    } else {
        serve(queue_.get());
        look_after_committed();
        assignment_.look_at_starts();
        ask_positions();
    }
    clock_.arm(tick_, clock_.now() + (closing_ ? Duration(closing_interval) : Duration(serve_interval)));
}

void KafkaSource::Impl::on_signal() {
    serve(closing_ ? close_queue_.get() : queue_.get());
    assignment_.signalled();
    wake(closing_ ? closed_ : news_);
}

void KafkaSource::Impl::serve(rd_kafka_queue_t* queue) {
    while (const EventPtr event{rd_kafka_queue_poll(queue, 0)}) handle(event.get());
}

void KafkaSource::Impl::handle(rd_kafka_event_t* event) {
    switch (rd_kafka_event_type(event)) {
        case RD_KAFKA_EVENT_REBALANCE:
            return rebalance(event);
        case RD_KAFKA_EVENT_OFFSET_COMMIT:
            return group_.take(event);
        case RD_KAFKA_EVENT_LISTOFFSETS_RESULT:
            return take_offsets(event);
        case RD_KAFKA_EVENT_LISTCONSUMERGROUPOFFSETS_RESULT:
            return take_committed(event);
        case RD_KAFKA_EVENT_ERROR:
            return handle_error(event);
        case RD_KAFKA_EVENT_STATS:
            if (auto notice = brokers_.take(rd_kafka_event_stats(event)); notice && !closing_)
                say(notice->severity, std::move(notice->text));
            return;
        case RD_KAFKA_EVENT_LOG:
            if (on_notice_) on_notice_(notice_of(event));
            return;
        default:
            return;
    }
}

void KafkaSource::Impl::handle_error(rd_kafka_event_t* event) {
    const auto error = rd_kafka_event_error(event);
    if (error == RD_KAFKA_RESP_ERR__PARTITION_EOF || error == RD_KAFKA_RESP_ERR_NO_ERROR) return;
    ++counters_.errors;
    if (error == RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART) topic_gone_ = true;
    auto notice = notice_of(event);
    // `auto.offset.reset: error` is a wish to stop rather than skip; the partition would stand still for ever.
    if (rd_kafka_event_error_is_fatal(event) || error == RD_KAFKA_RESP_ERR__AUTO_OFFSET_RESET) {
        fatal_ = notice.text;
        wake(news_);
    }
    say(notice.severity, std::move(notice.text));
}

async::Coroutine<> KafkaSource::Impl::close(TimePoint deadline) {
    if (closing_) co_return;
    stop();
    if (!unreleased_.empty()) unassign(assignment_.partitions());
    events_.clear();
    assignment_.clear();
    close_queue_.reset(rd_kafka_queue_new(client_.get()));
    wakeup_.watch(close_queue_.get());
    closing_ = true;
    group_.reply_to(close_queue_.get());
    const ErrorPtr refused(rd_kafka_consumer_close_queue(client_.get(), close_queue_.get()));
    clock_.arm(tick_, clock_.now() + closing_interval);
    while (!refused && !rd_kafka_consumer_closed(client_.get()) && clock_.now() < deadline) {
        closed_.emplace();
        co_await closed_->wait();
    }
    if (!rd_kafka_consumer_closed(client_.get()))
        say(Severity::warning, "the group could not be left in order; it will notice after the session time-out");
    clock_.disarm(tick_);
}

SourceStats KafkaSource::Impl::stats() const {
    auto stats = counters_;
    stats.commits = group_.commits();
    stats.failed_commits = group_.failed_commits();
    stats.partitions = assignment_.stats();
    stats.brokers_up = brokers_.up();
    return stats;
}

void KafkaSource::Impl::say(Severity severity, std::string text) const {
    if (on_notice_) on_notice_({severity, std::move(text)});
}

}  // namespace prelabel::kafka
