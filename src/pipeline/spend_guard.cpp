#include <prelabel/llm/cost.hpp>
#include <prelabel/pipeline/spend_guard.hpp>

#include <algorithm>
#include <utility>

namespace prelabel::pipeline {
namespace {

llm::CallFailure not_sent() {
    llm::CallFailure failure;
    failure.sent = false;
    failure.message = "no more may be spent";
    return failure;
}

}  // namespace

SpendGuard::SpendGuard(Model& model, async::Clock& clock, const Terms& terms, std::function<void()> when_spent)
    : model_(model), clock_(clock), terms_(terms), when_spent_(std::move(when_spent)), budget_(terms.usd_max) {}

async::Coroutine<llm::CallOutcome> SpendGuard::call(Body body, TimePoint deadline) {
    const double usd_max = llm::cost_max_usd(body->size(), terms_.output_tokens_max, terms_.price);
    const TimePoint came = clock_.now();
    if (!waiting_.empty() || !take(usd_max)) {
        Waiter waiter{usd_max};
        waiting_.push_back(&waiter);
        look_after_waiters();
        const bool allowed = co_await waiter.turn.wait();
        if (!allowed) co_return not_sent();
        const bool sent = co_await obey();
        if (!sent) {
            --under_way_;
            budget_.settle(usd_max, 0);
            co_return not_sent();
        }
    }
    // The wait was ours: the model has all its time.
    llm::CallOutcome outcome = co_await model_.call(std::move(body), deadline + (clock_.now() - came));
    --under_way_;
    const auto* completion = std::get_if<llm::Completion>(&outcome);
    budget_.settle(usd_max, completion ? llm::cost_usd(completion->usage, terms_.price) : 0);
    const auto* failure = std::get_if<llm::CallFailure>(&outcome);
    if (failure && failure->reply == llm::ReplyClass::throttled && failure->retry_after)
        not_before_ = std::max(not_before_, clock_.now() + *failure->retry_after);
    look_after_waiters();
    co_return outcome;
}

async::Coroutine<bool> SpendGuard::obey() {
    while (!aborted_ && clock_.now() < not_before_) {
        Hold hold;
        held_.push_back(&hold);
        clock_.arm(hold.timer, not_before_);
        static_cast<void>(co_await hold.over.wait());
        std::erase(held_, &hold);
    }
    co_return !aborted_;
}

void SpendGuard::abort() {
    aborted_ = true;
    for (Hold* hold : held_) {
        clock_.disarm(hold->timer);
        if (!hold->over.is_set()) hold->over.set(false);
    }
    send_away();
    model_.abort();
}

bool SpendGuard::take(double usd_max) {
    if (spent_up_ || aborted_ || !budget_.allows(usd_max)) return false;
    budget_.reserve(usd_max);
    ++under_way_;
    return true;
}

void SpendGuard::look_after_waiters() {
    while (!waiting_.empty() && take(waiting_.front()->usd_max)) {
        waiting_.front()->turn.set(true);
        waiting_.pop_front();
    }
    if (waiting_.empty()) return;
    if (spent_up_ || aborted_) return send_away();
    if (under_way_ > 0) return;  // it may cost less than it might
    spent_up_ = true;
    when_spent_();
    send_away();
}

void SpendGuard::send_away() {
    for (Waiter* waiter : std::exchange(waiting_, {})) waiter->turn.set(false);
}

}  // namespace prelabel::pipeline
