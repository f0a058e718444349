#include <prelabel/base/expects.hpp>
#include <prelabel/pipeline/worker.hpp>

#include <algorithm>
#include <utility>

namespace prelabel::pipeline {
namespace {

constexpr std::size_t batch_records_max = 256;
constexpr int last_commit_tries = 5;
constexpr Duration last_commit_wait = std::chrono::milliseconds(100);
constexpr Duration last_moment = std::chrono::milliseconds(100);

Stats stats_for(const labeling::Task& task) {
    Stats stats;
    for (const auto& label : task.labels) stats.labels.push_back(label.name);
    stats.entities.resize(stats.labels.size());
    return stats;
}

std::string identity(const llm::ModelSettings& model) { return model.provider + " " + model.base_url; }

}  // namespace

Worker::Worker(async::Executor executor, const LabelingPlan& plan, Settings settings, Ports ports,
               EventListener on_event, std::uint64_t seed)
    : plan_(plan),
      settings_(settings),
      ports_(ports),
      on_event_([this, tell = std::move(on_event)](const Event& event) {
          tell(event);
          consider_giving_up(event);
      }),
      stats_(stats_for(plan_.task)),
      admission_(settings.limits, plan_.codec.settings().max_output_tokens, ports.clock, stats_),
      answers_({settings, plan_.price, identity(plan_.codec.settings())}, {ports.model, ports.store, ports.clock},
               admission_, stats_, on_event_, seed),
      jobs_(executor),
      commit_timer_([this] {
          commit_due_ = true;
          ports_.source.nudge();
      }),
      give_up_timer_([this] { give_up(stats_.pause_reason); }),
      witness_timer_([this] { read_witnesses(); }) {}

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
        if (commit_due_) {
            commit_due_ = false;
            co_await commit(all(), ports_.clock.now() + closing_time);
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
    admission_.close();
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
    const std::size_t documents_max = std::min(settings_.documents_in_memory_max, admission_.documents_worth_reading());
    const auto left = [](std::size_t max, std::uint64_t used) { return used < max ? max - used : 0; };
    return {std::min(batch_records_max, left(documents_max, stats_.documents_in_flight)),
            left(settings_.bytes_in_memory_max, stats_.input_bytes_in_flight)};
}

void Worker::assign(const Assigned& assigned) {
    for (const auto& partition : assigned.partitions) {
        auto assignment = std::make_shared<Assignment>(partition, settings_.window_per_partition);
        const bool inserted = assignments_.emplace(partition, std::move(assignment)).second;
        expects(inserted, "a partition is assigned once until it is released");
        ports_.source.grant(partition, settings_.window_per_partition);
    }
    ++stats_.assignments;
    stats_.partitions_assigned = assignments_.size();
    on_event_(PartitionsAssigned{assigned.partitions});
}

void Worker::start_jobs(Batch batch) {
    for (auto& record : batch.records) {
        const auto assignment = assignments_.find(record.origin.partition);
        expects(assignment != assignments_.end(), "records come only from assigned partitions");
        const bool room_left = assignment->second->tracker.track(record.origin.offset) != flow::Tracking::no_room;
        expects(room_left, "a record costs a credit, and credits are as many as the window");
        if (!record.value) {
            ++stats_.tombstones;
            settle(*assignment->second, record.origin.offset);
            continue;
        }
        ++stats_.documents_in_flight;
        stats_.input_bytes_in_flight += record.bytes();
        jobs_.spawn(run_job(std::move(record), assignment->second));
    }
}

async::Coroutine<> Worker::run_job(Record record, AssignmentPtr assignment) {
    const TimePoint read_at = ports_.clock.now();
    const Offset offset = record.origin.offset;
    const std::size_t bytes = record.bytes();
    LabelingJob job({plan_, settings_, answers_, ports_.sink, ports_.clock, stats_, on_event_}, std::move(record),
                    assignment);
    const bool durable = co_await job.run();
    finished(*assignment, offset, bytes, read_at, durable);
}

void Worker::finished(Assignment& assignment, Offset offset, std::size_t bytes, TimePoint read_at, bool durable) {
    --stats_.documents_in_flight;
    stats_.input_bytes_in_flight -= bytes;
    if (durable) {
        stats_.document_seconds.observe(ports_.clock.now() - read_at);
        settle(assignment, offset);
    } else {
        expects(assignment.abandoned || admission_.closed(), "only a document that was given up has no outcome");
        ++stats_.documents_abandoned;
    }
    if (starved_) {
        starved_ = false;
        ports_.source.nudge();
    }
    if (drain_ && idle(drain_->leaving)) drain_->end();
}

bool Worker::idle(const std::vector<AssignmentPtr>& leaving) const {
    return stats_.documents_in_flight == 0 ||
           std::ranges::all_of(leaving, [](const auto& one) { return one->tracker.unfinished() == 0; });
}

void Worker::settle(Assignment& assignment, Offset offset) {
    const std::size_t left = assignment.tracker.finish(offset);
    if (left == 0 || assignment.abandoned) return;
    const std::size_t repaid = std::min(left, assignment.witnesses);
    assignment.witnesses -= repaid;
    ports_.source.grant(assignment.partition, left - repaid);
    schedule_commit();
}

void Worker::schedule_commit() {
    if (!commit_timer_.armed() && !commit_due_)
        ports_.clock.arm(commit_timer_, ports_.clock.now() + settings_.commit_interval);
}

async::Coroutine<> Worker::revoke(Revoked revoked) {
    std::vector<AssignmentPtr> leaving;
    for (const auto& partition : revoked.partitions) {
        const auto assignment = assignments_.find(partition);
        if (assignment != assignments_.end()) leaving.push_back(assignment->second);
    }
    if (!revoked.lost) co_await drain(leaving, ports_.clock.now() + settings_.drain_timeout);
    std::size_t abandoned = 0;
    for (const auto& assignment : leaving) {
        assignment->abandoned = true;
        abandoned += assignment->tracker.unfinished();
    }
    admission_.drop_abandoned();
    if (!revoked.lost) co_await commit_for_good(leaving, ports_.clock.now() + closing_time);
    for (const auto& assignment : leaving) assignments_.erase(assignment->partition);
    ++stats_.revocations;
    stats_.partitions_assigned = assignments_.size();
    on_event_(PartitionsRevoked{revoked.partitions, revoked.lost, abandoned});
    co_await ports_.source.release(std::move(revoked.partitions));
}

async::Coroutine<> Worker::drain(std::vector<AssignmentPtr> leaving, TimePoint deadline) {
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

async::Coroutine<> Worker::commit(std::vector<AssignmentPtr> assignments, TimePoint deadline) {
    std::vector<Position> positions;
    for (const auto& assignment : assignments) {
        const auto next = assignment->tracker.committable();
        if (next && next != assignment->committed) positions.push_back({assignment->partition, *next});
    }
    if (positions.empty()) co_return;
    const TimePoint started = ports_.clock.now();
    std::vector<Position> sent = positions;
    const Result<> committed = co_await ports_.source.commit(std::move(sent), deadline);
    if (!committed) {
        ++stats_.commit_failures;
        on_event_(Trouble{committed.error().message});
        schedule_commit();
        co_return;
    }
    ++stats_.commits;
    stats_.commit_seconds.observe(ports_.clock.now() - started);
    for (const auto& position : positions) {
        const auto assignment = assignments_.find(position.partition);
        if (assignment != assignments_.end()) assignment->second->committed = position.next;
    }
}

async::Coroutine<> Worker::shut_down() {
    // A source that has ended by itself is waited for until all is done, or until somebody says stop().
    co_await drain(all(), end_by_);
    for (const auto& assignment : all()) assignment->abandoned = true;
    admission_.close();
    if (jobs_.running() > 0) ports_.model.abort();
    // One deadline for all that is left, and each step leaves time for the next: a job's write that failed sleeps a
    // second before it looks up.
    const TimePoint end = ports_.clock.now() + closing_time;
    co_await ports_.sink.close(end - closing_time * 3 / 4);
    co_await jobs_.join();
    co_await commit_for_good(all(), end - closing_time / 4);
    ports_.clock.disarm(commit_timer_);  // a commit that failed armed it again
    ports_.clock.disarm(witness_timer_);
    co_await ports_.source.close(end);
}

async::Coroutine<> Worker::commit_for_good(std::vector<AssignmentPtr> assignments, TimePoint deadline) {
    // Nobody repeats this commit later: what it misses is labeled again by the next owner.
    for (int tries = 0; tries < last_commit_tries; ++tries) {
        const std::uint64_t failures = stats_.commit_failures;
        co_await commit(assignments, deadline);
        if (stats_.commit_failures == failures || ports_.clock.now() + last_commit_wait >= deadline) co_return;
        co_await async::sleep_until(ports_.clock, ports_.clock.now() + last_commit_wait);
    }
}

std::vector<Worker::AssignmentPtr> Worker::all() const {
    std::vector<AssignmentPtr> found;
    for (const auto& [partition, assignment] : assignments_) found.push_back(assignment);
    return found;
}

}  // namespace prelabel::pipeline
