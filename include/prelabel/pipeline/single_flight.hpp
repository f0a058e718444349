#pragma once

#include <prelabel/async/signal.hpp>
#include <prelabel/pipeline/answer_store.hpp>

#include <optional>
#include <unordered_map>
#include <utility>
#include <vector>

namespace prelabel::pipeline {

/// Identical requests under way at the same time share one: the first leads, the others follow and get what it got.
///
/// Threads: confined to the loop.   Bound: as many as there are requests under way.
template <class T>
class SingleFlight {
public:
    /// True: you lead, and must land() on every path. False: follow().
    [[nodiscard]] bool lead(const AnswerKey& key) { return flights_.try_emplace(key).second; }

    /// What the leader got; none when it left without a result, and then the next to ask leads.
    [[nodiscard]] async::Coroutine<std::optional<T>> follow(AnswerKey key) {
        async::Signal<std::optional<T>> landed;
        flights_.at(key).push_back(&landed);
        co_return co_await landed.wait();
    }

    /// `result` is null when the leader has none; followers get a copy each.
    void land(const AnswerKey& key, const T* result) {
        const auto flight = flights_.extract(key);
        expects(!flight.empty(), "only a leader lands");
        for (auto* follower : flight.mapped()) follower->set(result ? std::optional<T>(*result) : std::nullopt);
    }

private:
    std::unordered_map<AnswerKey, std::vector<async::Signal<std::optional<T>>*>> flights_;
};

}  // namespace prelabel::pipeline
