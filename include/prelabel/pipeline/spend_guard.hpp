#pragma once

#include <prelabel/async/clock.hpp>
#include <prelabel/async/signal.hpp>
#include <prelabel/flow/spend_budget.hpp>
#include <prelabel/llm/settings.hpp>
#include <prelabel/pipeline/model.hpp>

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <list>

namespace prelabel::pipeline {

/// A model whose calls cost together at most so much. A call goes to the model below only if it fits under the cap
/// whatever it and all calls under way will cost; otherwise it waits here until others have cost less than they might.
/// Once the next one does not fit and nothing is under way, `when_spent` is called, once, to stop the worker
/// (Worker::stop_calling), and calls that waited fail. A call that waited obeys a Retry-After that came meanwhile.
///
/// What a call may cost: a token for each byte of its body, and the output limit. A call that got no answer counts as
/// free, as it does in every other sum.
/// Threads: confined to the loop.   Lifetime: outlives the worker; the model and the clock outlive it.
class SpendGuard final : public Model {
public:
    struct Terms {
        double usd_max = 0;
        llm::Price price;
        std::uint64_t output_tokens_max = 0;  ///< of a call
    };

    SpendGuard(Model& model, async::Clock& clock, const Terms& terms, std::function<void()> when_spent);

    [[nodiscard]] async::Coroutine<llm::CallOutcome> call(Body body, TimePoint deadline) override;
    void abort() override;

    /// No more calls are let through.
    [[nodiscard]] bool spent_up() const { return spent_up_; }
    [[nodiscard]] double spent_usd() const { return budget_.spent(); }

private:
    struct Waiter {
        double usd_max;
        async::Signal<bool> turn{};
    };

    struct Hold {
        Hold() : timer([this] { over.set(true); }) {}
        async::Signal<bool> over;
        async::Timer timer;
    };

    /// Waits as long as the provider asked. False: aborted.
    [[nodiscard]] async::Coroutine<bool> obey();
    /// False when the call does not fit now.
    [[nodiscard]] bool take(double usd_max);
    /// Lets go who fits, or ends it all.
    void look_after_waiters();
    void send_away();

    Model& model_;
    async::Clock& clock_;
    Terms terms_;
    std::function<void()> when_spent_;
    flow::SpendBudget budget_;
    std::deque<Waiter*> waiting_;  // at most as many as calls under way are allowed
    std::list<Hold*> held_;
    TimePoint not_before_{};  ///< for calls that wait here: the last Retry-After
    std::size_t under_way_ = 0;
    bool spent_up_ = false;
    bool aborted_ = false;
};

}  // namespace prelabel::pipeline
