#pragma once

#include "../sim/sim_clock.hpp"

#include <prelabel/pipeline/admission.hpp>
#include <prelabel/pipeline/answer_store.hpp>
#include <prelabel/pipeline/model.hpp>
#include <prelabel/pipeline/signal.hpp>

#include <algorithm>
#include <functional>
#include <list>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <boost/asio/co_spawn.hpp>

namespace prelabel::pipeline {

/// A loop in virtual time. Every coroutine of a test must have ended when the test does: who waits in a signal for ever
/// is a leak.
class FakeLoop {
public:
    [[nodiscard]] Executor executor() { return context_.get_executor(); }
    sim::SimClock& clock() { return clock_; }
    [[nodiscard]] TimePoint now() const { return clock_.now(); }

    /// What the task gave, once it has ended.
    template <class T>
    std::shared_ptr<std::optional<T>> start(Task<T> task) {
        auto result = std::make_shared<std::optional<T>>();
        boost::asio::co_spawn(context_, std::move(task), [result](const std::exception_ptr& error, T value) {
            expects(!error, "a task of a test does not throw");
            result->emplace(std::move(value));
        });
        settle();
        return result;
    }

    /// Runs everything that needs no time.
    void settle() {
        context_.restart();
        context_.poll();
    }

    void advance(Duration by) {
        bool there = false;
        Timer timer([&there] { there = true; });
        clock_.arm(timer, now() + by);
        settle();
        while (!there) {
            clock_.jump();
            settle();
        }
    }

    /// Runs until nothing is left to wait for.
    void finish() {
        settle();
        while (clock_.jump()) settle();
    }

private:
    boost::asio::io_context context_;
    sim::SimClock clock_;
};

inline llm::Completion completion(std::string content, std::uint64_t input_tokens = 100,
                                  std::uint64_t output_tokens = 10) {
    llm::Completion made;
    made.response_id = "r";
    made.content = std::move(content);
    made.usage.input_tokens = input_tokens;
    made.usage.output_tokens = output_tokens;
    return made;
}

inline llm::CallFailure failed(llm::ReplyClass reply, std::optional<Duration> retry_after = std::nullopt) {
    llm::CallFailure made;
    made.reply = reply;
    made.retry_after = retry_after;
    made.message = "it says no";
    return made;
}

/// Answers as `reply` says, after `takes`.
class FakeModel final : public Model {
public:
    explicit FakeModel(Clock& clock) : clock_(clock) {}

    std::function<llm::CallOutcome(const std::string& body)> reply = [](const std::string&) {
        return completion("{}");
    };
    Duration takes = std::chrono::milliseconds(1);
    std::vector<TimePoint> calls;  // when each came
    std::size_t in_flight = 0;
    std::size_t in_flight_most = 0;
    bool aborted = false;

    [[nodiscard]] Task<llm::CallOutcome> call(Body body, TimePoint deadline) override {
        if (aborted) co_return failed(llm::ReplyClass::connection);
        calls.push_back(clock_.now());
        in_flight_most = std::max(in_flight_most, ++in_flight);
        llm::CallOutcome outcome = reply(*body);
        const TimePoint answered = clock_.now() + takes;
        UnderWay call;
        under_way_.push_back(&call);
        clock_.arm(call.timer, std::min(answered, deadline));
        const bool ended = co_await call.over.wait();
        under_way_.remove(&call);
        --in_flight;
        if (!ended) co_return failed(llm::ReplyClass::connection);
        if (answered > deadline) co_return failed(llm::ReplyClass::timed_out);
        co_return outcome;
    }

    void abort() override {
        aborted = true;
        for (auto* call : under_way_) {
            clock_.disarm(call->timer);
            if (!call->over.is_set()) call->over.set(false);
        }
    }

private:
    struct UnderWay {
        Signal<bool> over;  // false: aborted
        Timer timer{[this] { over.set(true); }};
    };
    Clock& clock_;
    std::list<UnderWay*> under_way_;
};

/// Keeps all answers; writing one takes `put_takes`.
class FakeStore final : public AnswerStore {
public:
    explicit FakeStore(Clock& clock) : clock_(clock) {}

    std::map<std::uint64_t, llm::Completion> answers;
    Duration put_takes{};

    [[nodiscard]] Task<std::optional<StoredAnswer>> find(AnswerKey key) override {
        const auto found = answers.find(key.low);
        std::optional<StoredAnswer> stored;
        if (found != answers.end()) stored = StoredAnswer{found->second, labeling::CacheTier::journal};
        co_return stored;
    }

    [[nodiscard]] Task<> put(AnswerKey key, llm::Completion completion) override {
        if (put_takes > Duration::zero()) co_await sleep_until(clock_, clock_.now() + put_takes);
        answers[key.low] = std::move(completion);
    }

private:
    Clock& clock_;
};

}  // namespace prelabel::pipeline
