#include "sim_broker.hpp"

#include <algorithm>
#include <utility>

namespace prelabel::sim {

void SimBroker::add_record(Record record) { logs_[record.origin.partition].push_back(std::move(record)); }

std::size_t SimBroker::records() const {
    std::size_t count = 0;
    for (const auto& [partition, log] : logs_) count += log.size();
    return count;
}

void SimBroker::join(Member& member) {
    members_.push_back(&member);
    rebalance();
}

void SimBroker::leave(Member& member) {
    std::erase(members_, &member);
    awaiting_release_.erase(member.id);
    member.fetching.clear();
    rebalance();
}

void SimBroker::expel(Member& member) {
    if (std::erase(members_, &member) == 0) return;
    revoke_all(member, true);
    awaiting_release_.erase(member.id);
    rebalance();
}

void SimBroker::revoke_all(Member& member, bool lost) {
    std::vector<Partition> partitions;
    for (const auto& [partition, next] : member.fetching) partitions.push_back(partition);
    if (lost) {
        member.fetching.clear();
        std::erase_if(member.mail,
                      [](const SourceEvent& mail) { return std::holds_alternative<pipeline::Assigned>(mail); });
    }
    if (!partitions.empty()) member.mail.emplace_back(pipeline::Revoked{std::move(partitions), lost});
    if (member.wake) member.wake();
}

void SimBroker::rebalance() {
    if (!rebalancing_) {
        rebalancing_ = true;
        for (Member* member : members_) {
            if (member->fetching.empty()) continue;
            awaiting_release_.insert(member->id);
            revoke_all(*member, false);
        }
    }
    finish_rebalance();
}

void SimBroker::release(Member& member, const std::vector<Partition>& partitions) {
    for (const auto& partition : partitions) member.fetching.erase(partition);
    awaiting_release_.erase(member.id);
    finish_rebalance();
}

void SimBroker::finish_rebalance() {
    if (!rebalancing_ || !awaiting_release_.empty()) return;
    rebalancing_ = false;
    if (members_.empty()) return;
    std::map<Member*, std::vector<Partition>> shares;
    std::size_t turn = rng_.below(members_.size());
    for (const auto& [partition, log] : logs_) shares[members_[turn++ % members_.size()]].push_back(partition);
    for (Member* member : members_) {
        auto& share = shares[member];
        if (share.empty()) continue;
        for (const auto& partition : share) {
            const auto committed = committed_.find(partition);
            member->fetching[partition] = committed == committed_.end() ? 0 : committed->second;
        }
        member->mail.emplace_back(pipeline::Assigned{share});
        if (member->wake) member->wake();
    }
}

bool SimBroker::commit(Member& member, const std::vector<pipeline::Position>& positions) {
    for (const auto& [partition, next] : positions) {
        if (!member.fetching.contains(partition)) return false;
    }
    for (const auto& [partition, next] : positions) {
        const auto& log = logs_.at(partition);
        for (const auto& record : log) {
            if (record.origin.offset >= next) break;
            if (published(partition, record.origin.offset) == 0)
                violations_.push_back("offset " + std::to_string(record.origin.offset) + " of partition " +
                                      std::to_string(partition.number) + " was committed before it was published");
        }
        if (next < committed_[partition]) violations_.push_back("a commit went back");
        committed_[partition] = next;
        trace(static_cast<std::uint64_t>(next) << 8 | static_cast<std::uint64_t>(partition.number));
    }
    return true;
}

void SimBroker::publish(pipeline::Output output) {
    auto& count = published_[output.origin.partition][output.origin.offset];
    if (count++ == 0) ++distinct_published_;
    trace(static_cast<std::uint64_t>(output.origin.offset) << 16 | static_cast<std::uint64_t>(output.kind));
    trace(std::hash<std::string>{}(output.value));
    outputs_.push_back(std::move(output));
}

std::size_t SimBroker::published(const Partition& partition, Offset offset) const {
    const auto found = published_.find(partition);
    if (found == published_.end()) return 0;
    const auto count = found->second.find(offset);
    return count == found->second.end() ? 0 : count->second;
}

bool SimBroker::everything_published_and_committed() const {
    if (distinct_published_ < records()) return false;
    return std::ranges::all_of(logs_, [this](const auto& entry) {
        const auto committed = committed_.find(entry.first);
        return committed != committed_.end() && committed->second == entry.second.back().origin.offset + 1;
    });
}

}  // namespace prelabel::sim
