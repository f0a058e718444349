#include "sim_group.hpp"

#include <algorithm>
#include <utility>

namespace prelabel::sim {

bool SimGroup::owns(const Member& member, const Partition& partition) const {
    const auto owner = owners_.find(partition);
    return owner != owners_.end() && owner->second == &member;
}

std::vector<Partition> SimGroup::owned_by(const Member& member) const {
    std::vector<Partition> found;
    for (const auto& [partition, owner] : owners_) {
        if (owner == &member) found.push_back(partition);
    }
    return found;
}

void SimGroup::join(Member& member) {
    members_.push_back(&member);
    rebalance(rng_.chance(0.5));
}

void SimGroup::forget(Member& member) {
    std::erase(members_, &member);
    awaited_.erase(member.id);
    std::erase_if(owners_, [&](const auto& owner) { return owner.second == &member; });
    member.fetching.clear();
}

void SimGroup::leave(Member& member) {
    const bool was_in = std::ranges::find(members_, &member) != members_.end();
    forget(member);
    if (was_in) rebalance(rng_.chance(0.5));
}

void SimGroup::expel(Member& member) {
    if (member.expelled) return;
    member.expelled = true;
    member.told = false;
    forget(member);
    rebalance(rng_.chance(0.5));
}

void SimGroup::tell(Member& member) {
    if (!member.expelled || !member.wake) return;
    member.told = true;
    if (!member.believes.empty()) {
        revoke(member, {member.believes.begin(), member.believes.end()}, true);
    } else if (member.unreleased.empty()) {
        member.expelled = false;
        join(member);
    }
}

void SimGroup::revoke(Member& member, std::vector<Partition> partitions, bool lost) {
    for (const auto& partition : partitions) {
        member.believes.erase(partition);
        member.fetching.erase(partition);
    }
    member.unreleased.push_back({partitions, lost});
    member.mail.emplace_back(pipeline::Revoked{std::move(partitions), lost});
    if (member.wake) member.wake();
}

void SimGroup::rebalance(bool eager) {
    if (rebalancing_) {
        again_ = true;
    } else {
        start_rebalance(eager);
    }
    finish_rebalance();
}

void SimGroup::start_rebalance(bool eager) {
    rebalancing_ = true;
    for (Member* member : members_) {
        std::vector<Partition> leaving = owned_by(*member);
        const std::size_t all = leaving.size();
        if (!eager) std::erase_if(leaving, [this](const Partition&) { return rng_.chance(0.6); });
        if (leaving.empty()) continue;
        if (leaving.size() < all) happened_.add(Happening::partial_revocation);
        awaited_.insert(member->id);
        revoke(*member, std::move(leaving), false);
    }
}

void SimGroup::release(Member& member, const std::vector<Partition>& partitions) {
    if (member.unreleased.empty() || member.unreleased.front().partitions != partitions) {
        violations_.emplace_back("what was released is not the oldest revocation");
        return;
    }
    const bool lost = member.unreleased.front().lost;
    member.unreleased.pop_front();
    if (member.expelled) {
        if (!member.told || !member.unreleased.empty() || !member.believes.empty()) return;
        member.expelled = false;
        return join(member);
    }
    // After a truncation it is still the owner: the next assignment is on its way.
    if (!lost)
        std::erase_if(owners_, [&](const auto& owner) { return std::ranges::count(partitions, owner.first) > 0; });
    if (member.unreleased.empty()) awaited_.erase(member.id);
    finish_rebalance();
}

void SimGroup::finish_rebalance() {
    if (!rebalancing_ || !awaited_.empty()) return;
    rebalancing_ = false;
    if (members_.empty()) return;
    std::map<Member*, std::vector<Partition>> shares;
    std::size_t turn = rng_.below(members_.size());
    for (const auto& partition : topic_.partitions()) {
        if (!owners_.contains(partition)) shares[members_[turn++ % members_.size()]].push_back(partition);
    }
    for (Member* member : members_) {
        auto& share = shares[member];
        if (share.empty()) continue;
        for (const auto& partition : share) {
            owners_[partition] = member;
            member->believes.insert(partition);
            member->fetching[partition] = topic_.position(partition);
        }
        pipeline::Assigned assigned;
        for (const auto& partition : share) assigned.partitions.push_back(committed_of(partition));
        member->mail.emplace_back(std::move(assigned));
        if (member->wake) member->wake();
    }
    if (std::exchange(again_, false)) rebalance(rng_.chance(0.5));
}

pipeline::AssignedPartition SimGroup::committed_of(const Partition& partition) {
    if (rng_.chance(0.1)) {
        happened_.add(Happening::map_unread);
        return {partition};
    }
    if (rng_.chance(0.05)) return {partition, topic_.position(partition), "moved by hand"};
    return {partition, topic_.position(partition), topic_.done_above(partition)};
}

void SimGroup::arrived() {
    for (Member* member : members_) {
        if (member->wake) member->wake();
    }
}

void SimGroup::truncate(const Partition& partition) {
    const auto owner = owners_.find(partition);
    if (rebalancing_ || owner == owners_.end()) return;
    Member& member = *owner->second;
    happened_.add(Happening::truncation);
    topic_.truncate(partition);
    revoke(member, {partition}, true);
    member.believes.insert(partition);
    member.fetching[partition] = 0;
    member.mail.emplace_back(pipeline::Assigned{{{partition}}});
    if (member.wake) member.wake();
}

}  // namespace prelabel::sim
