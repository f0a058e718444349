#include <prelabel/base/expects.hpp>
#include <prelabel/pipeline/worker.hpp>

#include <algorithm>
#include <utility>

namespace prelabel::pipeline {
namespace {

constexpr std::size_t batch_records_max = 256;
constexpr Duration last_moment = std::chrono::milliseconds(100);

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
      jobs_(executor),
      committer_(executor, {ports.outbox, ports.clock, stats_, on_event_, settings.commit_interval}, own_),
      give_up_timer_([this] { give_up(stats_.pause_reason); }),
      witness_timer_([this] { read_witnesses(); }) {
    stats_.know(plan_->task);
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
            if (event.error().fault != Fault::cancelled) outcome = event.error();
            end_by(ports_.clock.now() + settings_.drain_timeout);
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

void Worker::stop() {
    ports_.source.stop();
    end_by(ports_.clock.now() + settings_.drain_timeout);
}

void Worker::stop_calling() {
    stop();
    endpoint_.admission().close();
}

void Worker::stop_at_once() {
    ports_.source.stop();
    end_by(ports_.clock.now() + last_moment);
}

void Worker::end_by(TimePoint deadline) {
    if (deadline >= end_by_) return;
    end_by_ = deadline;
    if (drain_) limit(*drain_, deadline);
}

void Worker::limit(Drain& drain, TimePoint deadline) {
    if (deadline >= drain.deadline) return;
    drain.deadline = deadline;
    ports_.clock.arm(drain.out_of_time, deadline);
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
        const bool inserted = own_.emplace(one.partition, std::move(own)).second;
        expects(inserted, "a partition is assigned once until it is released");
        ports_.source.grant(one.partition, settings_.window_per_partition);
        partitions.push_back(one.partition);
    }
    ++stats_.assignments;
    stats_.partitions_assigned = own_.size();
    on_event_(PartitionsAssigned{std::move(partitions)});
}

void Worker::start_jobs(Batch batch) {
    for (auto& record : batch.records) {
        const auto found = own_.find(record.origin.partition);
        expects(found != own_.end(), "records come only from assigned partitions");
        const Owned& own = found->second;
        if (own->held.empty() && start(own, record)) continue;
        ++stats_.documents_in_flight;
        stats_.input_bytes_in_flight += record.bytes();
        own->held.push_back(std::move(record));
    }
}

bool Worker::start(const Owned& own, Record& record) {
    switch (own->tracker.track(record.origin.offset)) {
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
    ++stats_.documents_in_flight;
    stats_.input_bytes_in_flight += record.bytes();
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
        --stats_.documents_in_flight;
        stats_.input_bytes_in_flight -= bytes;
    }
}

void Worker::drop_held(OwnPartition& own) {
    for (const auto& record : own.held) stats_.input_bytes_in_flight -= record.bytes();
    stats_.documents_in_flight -= own.held.size();
    stats_.documents_abandoned += own.held.size();
    own.held.clear();
}

async::Coroutine<> Worker::run_job(Record record, Owned own) {
    const TimePoint read_at = ports_.clock.now();
    const Offset offset = record.origin.offset;
    const std::size_t bytes = record.bytes();
    const auto scope = std::make_shared<const Scope>(own);
    LabelingJob job({plan_, settings_, answers_, ports_.clock, stats_, on_event_}, std::move(record), scope);
    std::optional<Outcome> outcome = co_await job.run();
    bool durable = false;
    if (outcome) durable = co_await publisher_.publish(std::move(*outcome), scope);
    finished(own, offset, bytes, read_at, durable);
}

void Worker::finished(const Owned& own, Offset offset, std::size_t bytes, TimePoint read_at, bool durable) {
    --stats_.documents_in_flight;
    stats_.input_bytes_in_flight -= bytes;
    if (durable) {
        stats_.document_seconds.observe(ports_.clock.now() - read_at);
        settle(own, offset);
    } else {
        expects(own->abandoned || endpoint_.admission().closed(), "only a document that was given up has no outcome");
        ++stats_.documents_abandoned;
    }
    if (starved_) {
        starved_ = false;
        ports_.source.nudge();
    }
    if (drain_ && idle(drain_->leaving)) drain_->end();
}

bool Worker::idle(const std::vector<Owned>& leaving) const {
    return stats_.documents_in_flight == 0 ||
           std::ranges::all_of(leaving, [](const auto& one) { return one->tracker.unfinished() == 0; });
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
    if (!revoked.lost) co_await drain(leaving, ports_.clock.now() + settings_.drain_timeout);
    std::size_t abandoned = 0;
    for (const auto& own : leaving) {
        own->abandoned = true;
        abandoned += own->tracker.unfinished() + own->held.size();
        drop_held(*own);
    }
    endpoint_.admission().drop_abandoned();
    if (!revoked.lost) co_await committer_.commit_for_good(ports_.clock.now() + closing_time);
    for (const auto& own : leaving) own_.erase(own->partition);
    // A commit under way may hold what was lost. It must not arrive after the next owner's, who may be we again.
    co_await committer_.settle();
    ++stats_.revocations;
    stats_.partitions_assigned = own_.size();
    on_event_(PartitionsRevoked{revoked.partitions, revoked.lost, abandoned});
    co_await ports_.source.release(std::move(revoked.partitions));
}

async::Coroutine<> Worker::drain(std::vector<Owned> leaving, TimePoint deadline) {
    if (idle(leaving)) co_return;
    stats_.draining = true;
    Drain under_way;
    under_way.leaving = std::move(leaving);
    drain_ = &under_way;
    limit(under_way, std::min(deadline, end_by_));
    co_await under_way.over.wait();
    drain_ = nullptr;
    stats_.draining = false;
}

async::Coroutine<> Worker::shut_down() {
    // A source that has ended by itself is waited for until all is done, or until somebody says stop().
    co_await drain(all(), end_by_);
    for (const auto& own : all()) {
        own->abandoned = true;
        drop_held(*own);
    }
    endpoint_.admission().close();
    if (jobs_.running() > 0) ports_.provider.port.abort();
    // One deadline for all that is left, and each step leaves time for the next: a job's write that failed sleeps a
    // second before it looks up.
    const TimePoint end = ports_.clock.now() + closing_time;
    co_await ports_.outbox.close(end - closing_time * 3 / 4);
    co_await jobs_.join();
    co_await committer_.commit_for_good(end - closing_time / 4);
    co_await committer_.stop();
    ports_.clock.disarm(witness_timer_);
    co_await ports_.source.close(end);
}

std::vector<Worker::Owned> Worker::all() const {
    std::vector<Owned> found;
    for (const auto& [partition, own] : own_) found.push_back(own);
    return found;
}

}  // namespace prelabel::pipeline
