#include "sim_ports.hpp"

#include <algorithm>
#include <utility>

namespace prelabel::sim {
namespace {

using std::chrono::microseconds;

Duration between(Rng& rng, std::uint64_t least_us, std::uint64_t most_us) {
    return microseconds(least_us + rng.below(most_us - least_us + 1));
}

Error dependency(std::string message) { return {Fault::dependency, std::move(message)}; }

}  // namespace

SimSource::SimSource(SimBroker& broker, SimClock& clock, Member& member, const Faults& faults, std::uint64_t seed)
    : broker_(broker), clock_(clock), member_(member), faults_(faults), rng_(seed) {
    member_.wake = [this] { wake(); };
    broker_.join(member_);
}

Task<Result<SourceEvent>> SimSource::next(pipeline::Room room) {
    for (;;) {
        if (stopped_) co_return Error{Fault::cancelled, "stopped"};
        if (!member_.mail.empty()) {
            SourceEvent event = std::move(member_.mail.front());
            member_.mail.pop_front();
            if (const auto* assigned = std::get_if<pipeline::Assigned>(&event)) {
                for (const auto& partition : assigned->partitions) credit_[partition] = 0;
            }
            co_return event;
        }
        pipeline::Batch batch = read(room);
        if (!batch.records.empty() || std::exchange(nudged_, false)) {
            const TimePoint fetched = clock_.now() + between(rng_, 1, 3'000);
            co_await pipeline::sleep_until(clock_, fetched);
            // What was revoked while it was on its way is not delivered.
            std::erase_if(batch.records,
                          [this](const Record& record) { return !member_.fetching.contains(record.origin.partition); });
            co_return SourceEvent(std::move(batch));
        }
        pipeline::Signal<pipeline::Done> wait;
        waiting_ = &wait;
        co_await wait.wait();
        waiting_ = nullptr;
    }
}

pipeline::Batch SimSource::read(pipeline::Room room) {
    pipeline::Batch batch;
    if (!member_.alive || !member_.mail.empty()) return batch;
    std::size_t bytes = 0;
    for (auto& [partition, next] : member_.fetching) {
        const auto& log = broker_.log(partition);
        auto record = std::ranges::lower_bound(log, next, {}, [](const Record& r) { return r.origin.offset; });
        std::size_t& credit = credit_[partition];
        std::size_t some = 1 + rng_.below(16);
        for (; record != log.end() && credit > 0 && some > 0; ++record, --credit, --some) {
            if (batch.records.size() >= room.records || bytes >= room.bytes) return batch;
            bytes += record->value.size();
            next = record->origin.offset + 1;
            batch.records.push_back(*record);
        }
    }
    return batch;
}

void SimSource::wake() {
    if (waiting_ && !waiting_->is_set()) waiting_->set({});
}

void SimSource::nudge() {
    nudged_ = true;
    wake();
}

void SimSource::grant(const Partition& partition, std::size_t records) {
    const auto credit = credit_.find(partition);
    if (credit == credit_.end()) return;
    credit->second += records;
    wake();
}

Task<Result<>> SimSource::commit(std::vector<pipeline::Position> positions) {
    const TimePoint answered = clock_.now() + between(rng_, 100, 20'000);
    co_await pipeline::sleep_until(clock_, answered);
    if (!member_.alive || rng_.chance(faults_.commit_fails)) co_return dependency("simulated: the coordinator is away");
    if (!broker_.commit(member_, positions)) co_return dependency("simulated: not the owner any more");
    co_return Result<>();
}

Task<> SimSource::release(std::vector<Partition> partitions) {
    for (const auto& partition : partitions) credit_.erase(partition);
    if (member_.alive) broker_.release(member_, partitions);
    co_return;
}

void SimSource::stop() {
    stopped_ = true;
    wake();
}

Task<> SimSource::close() {
    if (member_.alive) broker_.leave(member_);
    member_.wake = nullptr;
    co_return;
}

SimSink::SimSink(SimBroker& broker, SimClock& clock, const Member& member, const Faults& faults, std::uint64_t seed)
    : broker_(broker), clock_(clock), member_(member), faults_(faults), rng_(seed) {}

Task<Result<>> SimSink::write(pipeline::Output output) {
    if (closed_) co_return dependency("simulated: closed");
    const TimePoint acknowledged = clock_.now() + between(rng_, 200, 15'000);
    co_await pipeline::sleep_until(clock_, acknowledged);
    if (!member_.alive || rng_.chance(faults_.write_fails)) co_return dependency("simulated: no leader");
    broker_.publish(std::move(output));
    co_return Result<>();
}

Task<> SimSink::close() {
    closed_ = true;
    co_return;
}

}  // namespace prelabel::sim
