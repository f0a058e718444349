#include "fake_loop.hpp"

#include <prelabel/llm/cost.hpp>
#include <prelabel/pipeline/spend_guard.hpp>

#include <deque>
#include <memory>
#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace prelabel::pipeline {
namespace {

using std::chrono::seconds;

/// Answers when it is told to.
class SlowModel final : public Model {
public:
    struct Call {
        std::size_t bytes;
        TimePoint deadline;
        async::Signal<llm::CallOutcome> outcome{};
    };

    [[nodiscard]] async::Coroutine<llm::CallOutcome> call(Body body, TimePoint deadline) override {
        auto one = std::make_shared<Call>(body->size(), deadline);
        calls.push_back(one);
        co_return co_await one->outcome.wait();
    }
    void abort() override {
        aborted = true;
        while (!calls.empty()) fail();
    }
    void answer(std::uint64_t input_tokens) {
        llm::Completion completion;
        completion.usage.input_tokens = input_tokens;
        end(completion);
    }
    void fail() { end(llm::CallFailure{}); }

    std::deque<std::shared_ptr<Call>> calls;  ///< under way
    bool aborted = false;

private:
    void end(llm::CallOutcome outcome) {
        calls.front()->outcome.set(std::move(outcome));
        ended_.push_back(std::move(calls.front()));
        calls.pop_front();
    }
    std::vector<std::shared_ptr<Call>> ended_;
};

/// A dollar for a million bytes, and a cap of one dollar.
class SpendGuardTest : public ::testing::Test {
protected:
    SpendGuardTest()
        : guard(model, loop.clock(), {1.0, {.input_per_mtok = 1, .output_per_mtok = 0}, 0}, [this] { ++spent; }) {}

    auto ask(std::size_t bytes) {
        return loop.start(guard.call(std::make_shared<const std::string>(bytes, 'x'), loop.now() + seconds(10)));
    }
    void answer(std::uint64_t tokens) {
        model.answer(tokens);
        loop.settle();
    }
    static bool failed(const std::shared_ptr<std::optional<llm::CallOutcome>>& outcome) {
        return outcome->has_value() && std::holds_alternative<llm::CallFailure>(**outcome);
    }

    FakeLoop loop;
    SlowModel model;
    int spent = 0;
    SpendGuard guard;
};

TEST_F(SpendGuardTest, CallsThatFitGoThrough) {
    const auto outcome = ask(500'000);
    EXPECT_EQ(model.calls.size(), 1U);
    answer(100'000);
    ASSERT_TRUE(outcome->has_value());
    EXPECT_TRUE(std::holds_alternative<llm::Completion>(**outcome));
    EXPECT_DOUBLE_EQ(guard.spent_usd(), 0.1);
    EXPECT_EQ(spent, 0);
}

TEST_F(SpendGuardTest, ACallThatCouldCostTooMuchWaitsForThoseUnderWay) {
    ask(500'000);
    ask(400'000);
    const auto third = ask(400'000);
    EXPECT_EQ(model.calls.size(), 2U);
    answer(100'000);
    EXPECT_EQ(model.calls.size(), 2U) << "0.1 is paid, 0.4 may be, and 0.4 more fit";
    EXPECT_EQ(model.calls.back()->bytes, 400'000U);
    answer(400'000);
    answer(400'000);
    EXPECT_TRUE(third->has_value());
    EXPECT_EQ(spent, 0);
}

TEST_F(SpendGuardTest, WhenTheNextOneDoesNotFitAndNothingIsUnderWayItSaysSoOnce) {
    ask(900'000);
    const auto second = ask(900'000);
    const auto third = ask(900'000);
    EXPECT_EQ(spent, 0);
    answer(800'000);
    EXPECT_EQ(spent, 1);
    EXPECT_TRUE(guard.spent_up());
    EXPECT_TRUE(failed(second));
    EXPECT_TRUE(failed(third));
    EXPECT_TRUE(model.calls.empty());
    EXPECT_TRUE(failed(ask(1))) << "after the end nothing goes, however small";
    EXPECT_EQ(spent, 1);
}

TEST_F(SpendGuardTest, ACallThatNeverFitsEndsItAtOnce) {
    EXPECT_TRUE(failed(ask(1'000'001)));
    EXPECT_EQ(spent, 1);
}

TEST_F(SpendGuardTest, AFailedCallIsFree) {
    ask(1'000'000);
    const auto second = ask(1'000'000);
    model.fail();
    loop.settle();
    EXPECT_EQ(model.calls.size(), 1U);
    answer(1'000'000);
    EXPECT_TRUE(second->has_value());
    EXPECT_DOUBLE_EQ(guard.spent_usd(), 1.0);
}

TEST_F(SpendGuardTest, WaitingTakesNoneOfTheModelsTime) {
    ask(1'000'000);
    ask(900'000);
    const TimePoint deadline = model.calls.front()->deadline;
    loop.advance(seconds(7));
    answer(50'000);
    ASSERT_EQ(model.calls.size(), 1U);
    EXPECT_EQ(model.calls.front()->deadline, deadline + seconds(7));
    answer(0);
}

TEST_F(SpendGuardTest, AnAbortEndsThoseThatWaitToo) {
    const auto first = ask(1'000'000);
    const auto second = ask(1'000'000);
    guard.abort();
    loop.settle();
    EXPECT_TRUE(model.aborted);
    EXPECT_TRUE(failed(first));
    EXPECT_TRUE(failed(second));
    EXPECT_EQ(spent, 0);
}

}  // namespace
}  // namespace prelabel::pipeline
