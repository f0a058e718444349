#include "sim_source.hpp"

#include "draw.hpp"
#include "sim_document.hpp"

#include <algorithm>
#include <utility>

namespace prelabel::sim {
namespace {

Error dependency(std::string message) { return {Fault::dependency, std::move(message)}; }

}  // namespace

SimSource::SimSource(World world, Member& member, bool finite, std::uint64_t seed)
    : world_(world), member_(member), finite_(finite), rng_(seed) {
    member_.wake = [this] { wake(); };
    world_.group.join(member_);
}

Coroutine<Result<SourceEvent>> SimSource::next(pipeline::Room room) {
    for (bool fetched = false;;) {
        if (stopped_) co_return Error{Fault::cancelled, "stopped"};
        if (!member_.mail.empty()) {
            SourceEvent event = std::move(member_.mail.front());
            member_.mail.pop_front();
            learn(event);
            co_return event;
        }
        if (finite_ && at_the_end()) co_return SourceEvent(pipeline::Ended{});
        if (readable(room)) {
            if (std::exchange(fetched, true)) co_return SourceEvent(read(room));
            const TimePoint arrives = world_.clock.now() + between(rng_, 1, 3'000);
            co_await async::sleep_until(world_.clock, arrives);
            continue;
        }
        if (std::exchange(nudged_, false)) co_return SourceEvent(pipeline::Batch{});
        async::Signal<async::Done> wait;
        waiting_ = &wait;
        co_await wait.wait();
        waiting_ = nullptr;
    }
}

void SimSource::learn(const SourceEvent& event) {
    if (const auto* assigned = std::get_if<pipeline::Assigned>(&event)) {
        for (const auto& [partition, next, done_above] : assigned->partitions) {
            credit_[partition] = 0;
            held_[partition] = world_.topic.epoch(partition);
            ends_.erase(partition);
            done_[partition] = flow::DoneMap::decode(done_above, next.value_or(0)).value_or(flow::DoneMap{});
        }
    } else if (const auto* revoked = std::get_if<pipeline::Revoked>(&event); revoked && revoked->lost) {
        for (const auto& partition : revoked->partitions) held_.erase(partition);
    }
}

bool SimSource::readable(pipeline::Room room) const {
    if (!member_.alive || room.records == 0 || room.bytes == 0) return false;
    return std::ranges::any_of(member_.fetching, [this](const auto& at) {
        const auto credit = credit_.find(at.first);
        if (credit == credit_.end() || credit->second == 0) return false;
        return at.second <= world_.topic.log(at.first).back().origin.offset || end_is_news(at.first, at.second);
    });
}

bool SimSource::end_is_news(const Partition& partition, Offset next) const {
    if (finite_ || next <= world_.topic.log(partition).back().origin.offset) return false;
    const auto told = ends_.find(partition);
    return told == ends_.end() || told->second < next;
}

bool SimSource::at_the_end() const {
    return std::ranges::all_of(member_.fetching, [this](const auto& at) {
        return at.second > world_.topic.log(at.first).back().origin.offset;
    });
}

pipeline::Batch SimSource::read(pipeline::Room room) {
    pipeline::Batch batch;
    std::size_t bytes = 0;
    for (auto& [partition, next] : member_.fetching) {
        skip_what_is_gone(partition, next, batch);
        const auto& log = world_.topic.log(partition);
        auto record = std::ranges::lower_bound(log, next, {}, [](const Record& r) { return r.origin.offset; });
        std::size_t& credit = credit_[partition];
        std::size_t some = 1 + rng_.below(16);
        for (; record != log.end() && credit > 0 && some > 0; ++record, --some) {
            if (batch.records.size() >= room.records || bytes >= room.bytes) return batch;
            next = record->origin.offset + 1;
            if (finite_ && world_.topic.published(*record)) continue;  // by an earlier run
            --credit;
            bytes += record->bytes();
            read_at_.try_emplace(number_of(*record), world_.clock.now());
            ++reads_[number_of(*record)];
            if (!told_done(record->origin)) wanted_.insert(number_of(*record));
            batch.records.push_back(*record);
        }
        if (end_is_news(partition, next)) {
            next = ends_[partition] = world_.topic.reach_end(partition);
            world_.happened.add(Happening::gap_at_the_end, next > log.back().origin.offset + 1);
            batch.ends.push_back({partition, next});
        }
    }
    return batch;
}

void SimSource::skip_what_is_gone(const Partition& partition, Offset& next, pipeline::Batch& batch) {
    const Offset start = world_.topic.start(partition);
    if (next >= start) return;
    batch.lost.push_back({partition, next, start});
    for (; next < start; ++next) lost_ += told_done({partition, next, 0}) ? 0 : 1;
}

bool SimSource::told_done(const Origin& origin) const {
    return std::ranges::any_of(done_.at(origin.partition).runs, [&](const flow::DoneMap::Run& run) {
        return run.first <= origin.offset && origin.offset < run.end;
    });
}

std::size_t SimSource::reads(std::size_t number) const {
    const auto found = reads_.find(number);
    return found == reads_.end() ? 0 : found->second;
}

std::optional<TimePoint> SimSource::read_at(std::size_t number) const {
    const auto found = read_at_.find(number);
    return found == read_at_.end() ? std::nullopt : std::optional(found->second);
}

void SimSource::wake() {
    if (waiting_ && !waiting_->is_set()) waiting_->set({});
}

void SimSource::nudge() {
    if (closed_) violations_.emplace_back("a closed source was nudged");
    nudged_ = true;
    wake();
}

void SimSource::grant(const Partition& partition, std::size_t records) {
    const auto credit = credit_.find(partition);
    if (credit == credit_.end()) return;
    credit->second += records;
    wake();
}

Coroutine<Result<>> SimSource::commit(std::vector<pipeline::Progress> progress) {
    if (progress.empty()) co_return Result<>();
    if (std::exchange(committing_, true)) violations_.emplace_back("two commits at once");
    for (const auto& one : progress) {
        if (!held_.contains(one.partition))
            violations_.emplace_back("a commit of a partition that was lost or released");
    }
    const std::uint64_t slowest_us = rng_.chance(0.1) ? 3'000'000 : 20'000;  // a coordinator that is busy
    const TimePoint answered = world_.clock.now() + between(rng_, 100, slowest_us);
    co_await async::sleep_until(world_.clock, answered);
    committing_ = false;
    if (!member_.alive || rng_.chance(world_.faults.commit_fails))
        co_return dependency("simulated: the coordinator is away");
    Result<> applied = apply(progress);
    if (applied && rng_.chance(world_.faults.commit_unheard)) {
        world_.happened.add(Happening::unheard_commit);
        co_return dependency("simulated: the answer was lost");
    }
    co_return applied;
}

Result<> SimSource::apply(const std::vector<pipeline::Progress>& progress) {
    if (finite_) return {};  // the output says what is done of files
    if (member_.expelled) {
        world_.happened.add(Happening::late_commit);
        return dependency("simulated: the group has another generation");
    }
    for (const auto& [partition, next, done_above] : progress) {
        const auto held = held_.find(partition);
        if (held == held_.end() || held->second != world_.topic.epoch(partition) ||
            !world_.group.owns(member_, partition))
            return dependency("simulated: not the owner any more");
    }
    for (const auto& one : progress) world_.topic.commit(one);
    return {};
}

Coroutine<> SimSource::release(std::vector<Partition> partitions) {
    for (const auto& partition : partitions) {
        credit_.erase(partition);
        held_.erase(partition);
    }
    if (member_.alive) world_.group.release(member_, partitions);
    co_return;
}

void SimSource::stop() {
    stopped_ = true;
    wake();
}

Coroutine<> SimSource::close(TimePoint) {
    closed_ = true;
    member_.wake = nullptr;
    if (member_.alive) world_.group.leave(member_);
    co_return;
}

}  // namespace prelabel::sim
