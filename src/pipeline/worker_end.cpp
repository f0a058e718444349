// How a worker ends, and how it gives partitions back.
#include <prelabel/pipeline/worker.hpp>

#include <algorithm>
#include <utility>

namespace prelabel::pipeline {
namespace {

constexpr Duration last_moment = std::chrono::milliseconds(100);

}  // namespace

void Worker::stop() {
    stop_calling();
    end_by(ports_.clock.now() + settings_.drain_timeout);
}

void Worker::stop_calling() {
    ports_.source.stop();
    if (!call_timer_.armed()) ports_.clock.arm(call_timer_, ports_.clock.now() + settings_.drain_timeout);
    let_go(all());
    endpoint_.admission().close();
    end_drain_when_idle();
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
    stats_.draining = true;  // and not while a source that has ended is waited for
    ports_.clock.arm(drain.out_of_time, deadline);
}

void Worker::let_go(const std::vector<Owned>& leaving) {
    for (const auto& own : leaving) {
        own->leaving = true;
        for (const auto& record : own->held) leave(*own, record.bytes());
        stats_.documents_abandoned += own->held.size();
        own->held.clear();
    }
    endpoint_.admission().drop_leaving();
}

void Worker::end_drain_when_idle() {
    if (drain_ && idle(drain_->leaving)) drain_->end();
}

bool Worker::idle(std::vector<Owned>& leaving) const {
    while (!leaving.empty() && leaving.back()->documents == 0) leaving.pop_back();
    return leaving.empty();
}

async::Coroutine<> Worker::drain(std::vector<Owned> leaving, TimePoint deadline) {
    if (idle(leaving)) co_return;
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
    for (const auto& own : all()) own->abandoned = true;
    let_go(all());
    endpoint_.admission().close();
    ports_.clock.disarm(call_timer_);
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

}  // namespace prelabel::pipeline
