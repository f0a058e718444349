// Who waits for a call, and in which order they go.
#include <prelabel/pipeline/admission.hpp>

#include <algorithm>
#include <array>
#include <numeric>
#include <utility>

namespace prelabel::pipeline {

async::Coroutine<bool> Admission::wait_until(TimePoint until, ScopePtr scope) {
    if (closed_ || !scope->may_call()) co_return false;
    if (until <= clock_.now()) co_return true;
    account();
    Sleeper sleeper{std::move(scope), {}};
    sleepers_.emplace(until, &sleeper);
    pump();
    co_return co_await sleeper.awake.wait();
}

void Admission::clear_suspects(TimePoint accepted) {
    auto& suspects = queues_[Turn::suspect];
    bool moved = false;
    for (; !suspects.empty() && suspects.front()->since < accepted; suspects.pop_front(), moved = true)
        queues_[Turn::again].push_back(suspects.front());
    if (moved) pump();
}

std::size_t Admission::waiters() const {
    return std::accumulate(queues_.begin(), queues_.end(), std::size_t{0},
                           [](std::size_t sum, const auto& queue) { return sum + queue.size(); });
}

std::deque<Admission::Waiter*>* Admission::next_queue() {
    auto order = std::array{Turn::again, Turn::fresh, Turn::suspect};
    if (paused()) {
        std::swap(order[0], order[1]);
        // Else one that always fails would take every probe, and who could be answered by now would never be asked.
        const auto& again = queues_[Turn::again];
        const auto& suspects = queues_[Turn::suspect];
        if (!suspects.empty() && !again.empty() && suspects.front()->since < again.front()->since)
            std::swap(order[1], order[2]);
    }
    for (const Turn turn : order) {
        // What is under way may yet show whether a suspect is at fault, and then it costs one call less.
        const bool waits = turn == Turn::suspect && in_flight_ > 0;
        if (!waits && !queues_[turn].empty()) return &queues_[turn];
    }
    return nullptr;
}

void Admission::wake_sleepers(TimePoint now) {
    while (!sleepers_.empty() && sleepers_.begin()->first <= now) {
        Sleeper& sleeper = *sleepers_.begin()->second;
        sleepers_.erase(sleepers_.begin());
        ++stats_.waits[WaitReason::retry];
        sleeper.awake.set(true);
    }
}

void Admission::drop_leaving() {
    account();
    for (auto& queue : queues_) {
        std::erase_if(queue, [](Waiter* waiter) {
            if (!waiter->scope->may_call()) waiter->admitted.set(false);
            return waiter->admitted.is_set();
        });
    }
    std::erase_if(sleepers_, [](const auto& entry) {
        if (!entry.second->scope->may_call()) entry.second->awake.set(false);
        return entry.second->awake.is_set();
    });
    pump();
}

void Admission::close() {
    account();
    closed_ = true;
    for (auto& queue : queues_) {
        for (Waiter* waiter : std::exchange(queue, {})) waiter->admitted.set(false);
    }
    for (const auto& [until, sleeper] : std::exchange(sleepers_, {})) sleeper->awake.set(false);
    blocked_by_.reset();
    clock_.disarm(wake_);
}

}  // namespace prelabel::pipeline
