#include <prelabel/base/expects.hpp>
#include <prelabel/pipeline/worker.hpp>

#include <algorithm>
#include <utility>

namespace prelabel::pipeline {
namespace {

constexpr std::size_t batch_records_max = 256;

}  // namespace

Worker::Worker(async::Executor executor, std::shared_ptr<const LabelingPlan> plan, Settings settings, Ports ports,
               EventListener on_event, std::uint64_t seed)
    : plan_(std::move(plan)),
      settings_(settings),
      ports_(std::move(ports)),
      on_event_([this, tell = std::move(on_event)](const Event& event) {
          tell(event);
          consider_giving_up(event);
          if (std::holds_alternative<SpentUp>(event)) stop_calling();
      }),
      endpoint_({ports_.provider.model, ports_.provider.price, settings_.limits, settings_.call_timeout,
                 settings_.first_call_alone, settings_.cost_max_usd},
                {ports_.provider.port, ports_.clock}, stats_, on_event_),
      answers_(settings_.retry, {endpoint_, ports_.store, ports_.clock}, stats_, seed),
      publisher_({ports_.outbox, ports_.clock, stats_, on_event_, [this] { committer_.schedule(); }},
                 plan_->record_bytes_max),
      outputs_({ports_.clock, stats_, on_event_, [this](TimePoint until) { hold_calls_until(until); },
                std::max<Duration>(std::chrono::seconds(6), settings_.commit_interval + std::chrono::seconds(2))}),
      jobs_(executor),
      committer_(executor, {ports.outbox, ports.clock, stats_, on_event_, settings.commit_interval}, own_),
      give_up_timer_([this] { give_up(stats_.pause_reason); }),
      witness_timer_([this] { read_witnesses(); }),
      call_timer_([this] { ports_.provider.port.abort(); }) {
    stats_.know(plan_->task);
    stats_.documents_in_flight_max = settings_.documents_in_memory_max;
    stats_.input_bytes_in_flight_max = settings_.bytes_in_memory_max;
    if (settings_.give_up.after_an_outage_of)
        endpoint_.health().wait_no_longer_than(*settings_.give_up.after_an_outage_of);
}

void Worker::use(std::shared_ptr<const LabelingPlan> plan) {
    plan_ = std::move(plan);
    stats_.know(plan_->task);
}

async::Coroutine<Result<>> Worker::run() {
    Result<> outcome;
    for (;;) {
        const Room free = room();
        starved_ = free.records == 0 || free.bytes == 0;
        Result<SourceEvent> event = co_await ports_.source.next(free);
        if (!event) {
            if (event.error().fault == Fault::cancelled) break;
            outcome = event.error();
            // An input that is refused before anything was read is said once, by whoever gets the outcome.
            if (stats_.documents_in_flight > 0 || event.error().fault == Fault::dependency)
                on_event_(Trouble{event.error().message + "; what was read before is finished first"});
            if (event.error().fault == Fault::dependency) end_by(ports_.clock.now() + settings_.drain_timeout);
            break;
        }
        if (std::holds_alternative<Ended>(*event)) {
            answers_.no_more_documents();
            break;
        }
        if (auto* batch = std::get_if<Batch>(&*event)) {
            start_jobs(std::move(*batch));
        } else if (auto* assigned = std::get_if<Assigned>(&*event)) {
            assign(*assigned);
        } else {
            co_await revoke(std::move(std::get<Revoked>(*event)));
        }
    }
    co_await shut_down();
    if (gave_up_because_) outcome = Error{Fault::dependency, *gave_up_because_};
    co_return outcome;
}

Room Worker::room() const {
    const std::size_t documents_max = std::min(settings_.documents_in_memory_max, endpoint_.documents_worth_reading());
    const auto left = [](std::size_t max, std::uint64_t used) { return used < max ? max - used : 0; };
    return {std::min(batch_records_max, left(documents_max, stats_.documents_in_flight)),
            left(settings_.bytes_in_memory_max, stats_.input_bytes_in_flight)};
}

void Worker::assign(const Assigned& assigned) {
    std::vector<Partition> partitions;
    for (const auto& one : assigned.partitions) {
        auto own = std::make_shared<OwnPartition>(one, settings_.window_per_partition + witnesses_max);
        own->leaving = endpoint_.admission().closed();
        const bool inserted = own_.emplace(one.partition, std::move(own)).second;
        expects(inserted, "a partition is assigned once until it is released");
        ports_.source.grant(one.partition, settings_.window_per_partition);
        partitions.push_back(one.partition);
    }
    ++stats_.assignments;
    stats_.partitions_assigned = own_.size();
    on_event_(PartitionsAssigned{std::move(partitions)});
}

void Worker::count(const Lost& lost) {
    const auto gone = static_cast<std::uint64_t>(lost.to - lost.from);
    const std::uint64_t records = gone - own_.at(lost.partition)->tracker.done_before(lost.from, lost.to);
    if (records == 0) return;
    stats_.records_lost += records;
    on_event_(RecordsLost{lost.partition, lost.from, lost.to, records});
}

void Worker::start_jobs(Batch batch) {
    // First: what was done before is forgotten where a record shows that it is of another past.
    for (const auto& lost : batch.lost) count(lost);
    for (auto& record : batch.records) {
        const auto found = own_.find(record.origin.partition);
        expects(found != own_.end(), "records come only from assigned partitions");
        const Owned& own = found->second;
        if (own->held.empty() && start(own, record)) continue;
        if (own->leaving) {
            ++stats_.documents_abandoned;
            continue;
        }
        own->end.reset();
        enter(*own, record.bytes());
        own->held.push_back(std::move(record));
    }
    for (const auto& [partition, next] : batch.ends) {
        const Owned& own = own_.at(partition);
        own->end = next;
        reach_end(*own);
    }
}

void Worker::reach_end(OwnPartition& own) {
    // What came last is not tracked: while it is held, or since it was left to the next owner.
    if (!own.end || !own.held.empty() || own.leaving || own.abandoned) return;
    own.tracker.read_to_end(*std::exchange(own.end, std::nullopt));
    committer_.schedule();
}

bool Worker::start(const Owned& own, Record& record) {
    switch (own->tracker.track(record.origin.offset, record.origin.timestamp_ms)) {
        case flow::Tracking::no_room:
            return false;
        case flow::Tracking::already_done:
            ++stats_.documents_skipped;
            leave_window(*own, 1);
            return true;
        case flow::Tracking::tracked:
            break;
    }
    if (!record.value) {
        ++stats_.tombstones;
        settle(own, record.origin.offset);
        return true;
    }
    enter(*own, record.bytes());
    jobs_.spawn(run_job(std::move(record), own));
    return true;
}

void Worker::start_held(const Owned& own) {
    while (!own->held.empty() && !own->abandoned) {
        Record record = std::move(own->held.front());
        own->held.pop_front();
        const std::size_t bytes = record.bytes();
        if (!start(own, record)) {
            own->held.push_front(std::move(record));
            return;
        }
        leave(*own, bytes);
    }
    reach_end(*own);
}

void Worker::enter(OwnPartition& own, std::size_t bytes) {
    ++own.documents;
    ++stats_.documents_in_flight;
    stats_.input_bytes_in_flight += bytes;
}

void Worker::leave(OwnPartition& own, std::size_t bytes) {
    --own.documents;
    --stats_.documents_in_flight;
    stats_.input_bytes_in_flight -= bytes;
}

async::Coroutine<> Worker::run_job(Record record, Owned own) {
    const Taken taken{record.origin.offset, record.origin.timestamp_ms, record.bytes(), ports_.clock.now()};
    const auto scope = std::make_shared<const Scope>(own);
    LabelingJob job({plan_, settings_, answers_, ports_.clock, stats_, on_event_}, std::move(record), scope);
    std::optional<Outcome> outcome = co_await job.run();
    bool durable = false;
    if (outcome) {
        outputs_.waits();
        durable = co_await publisher_.publish(std::move(*outcome), scope);
        outputs_.ended(durable);
    }
    finished(own, taken, durable);
}

Duration Worker::since(std::int64_t timestamp_ms) const {
    // In milliseconds: a producer may have written microseconds, and nanoseconds would overflow.
    using std::chrono::milliseconds;
    const auto now = std::chrono::duration_cast<milliseconds>(ports_.clock.wall_now().time_since_epoch());
    const milliseconds written{std::clamp<std::int64_t>(timestamp_ms, 0, now.count())};
    return now - written;
}

std::map<Partition, Duration> Worker::watermark_ages() const {
    std::map<Partition, Duration> ages;
    for (const auto& [partition, own] : own_) {
        if (const auto written = own->tracker.oldest_timestamp_ms()) ages.emplace(partition, since(*written));
    }
    return ages;
}

void Worker::finished(const Owned& own, const Taken& taken, bool durable) {
    leave(*own, taken.bytes);
    if (durable) {
        stats_.document_seconds.observe(ports_.clock.now() - taken.read_at);
        if (taken.timestamp_ms >= 0) stats_.document_age.observe(since(taken.timestamp_ms));
        settle(own, taken.offset);
    } else {
        expects(own->leaving || own->abandoned, "only a document that was given up has no outcome");
        ++stats_.documents_abandoned;
    }
    if (starved_) {
        starved_ = false;
        ports_.source.nudge();
    }
    end_drain_when_idle();
}

void Worker::settle(const Owned& own, Offset offset) {
    leave_window(*own, own->tracker.finish(offset));
    start_held(own);
}

void Worker::leave_window(OwnPartition& own, std::size_t records) {
    if (own.abandoned) return;
    const std::size_t repaid = std::min(records, own.witnesses);
    own.witnesses -= repaid;
    if (records > repaid) ports_.source.grant(own.partition, records - repaid);
    committer_.schedule();
}

async::Coroutine<> Worker::revoke(Revoked revoked) {
    std::vector<Owned> leaving;
    for (const auto& partition : revoked.partitions) {
        const auto own = own_.find(partition);
        if (own != own_.end()) leaving.push_back(own->second);
    }
    std::size_t abandoned = 0;
    for (const auto& own : leaving) {
        own->abandoned = revoked.lost;
        abandoned += own->held.size();
    }
    let_go(leaving);
    if (!revoked.lost) co_await drain(leaving, ports_.clock.now() + settings_.drain_timeout);
    for (const auto& own : leaving) {
        own->abandoned = true;
        abandoned += own->tracker.unfinished();
    }
    if (!revoked.lost) co_await committer_.commit_for_good(ports_.clock.now() + closing_time);
    for (const auto& own : leaving) own_.erase(own->partition);
    // A commit under way may hold what was lost. It must not arrive after the next owner's, who may be we again.
    co_await committer_.settle();
    ++stats_.revocations;
    stats_.partitions_assigned = own_.size();
    on_event_(PartitionsRevoked{revoked.partitions, revoked.lost, abandoned});
    co_await ports_.source.release(std::move(revoked.partitions));
}

std::vector<Worker::Owned> Worker::all() const {
    std::vector<Owned> found;
    for (const auto& [partition, own] : own_) found.push_back(own);
    return found;
}

}  // namespace prelabel::pipeline
