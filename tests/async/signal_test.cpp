#include <prelabel/async/signal.hpp>
#include <prelabel/async/task_group.hpp>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

namespace prelabel::async {
namespace {

using TextSignal = Signal<std::unique_ptr<std::string>>;

Coroutine<> keep(TextSignal& signal, std::vector<std::string>& heard) {
    const auto value = co_await signal.wait();
    heard.push_back(*value);
}

Coroutine<> pass(Signal<Done>& gate, int& passed) {
    co_await gate.wait();
    ++passed;
}

Coroutine<> join(TaskGroup& group, int& joined) {
    co_await group.join();
    ++joined;
}

struct SignalTest : testing::Test {
    void settle() {
        loop.restart();
        loop.poll();
    }
    boost::asio::io_context loop;
    TaskGroup group{loop.get_executor()};
};

TEST_F(SignalTest, GivesItsValueToWhoComesLater) {
    TextSignal signal;
    EXPECT_FALSE(signal.is_set());
    signal.set(std::make_unique<std::string>("value"));
    EXPECT_TRUE(signal.is_set());
    std::vector<std::string> heard;
    group.spawn(keep(signal, heard));
    settle();
    EXPECT_EQ(heard, std::vector<std::string>{"value"});
}

TEST_F(SignalTest, WakesItsWaiterThroughTheLoopAndNotInsideSet) {
    TextSignal signal;
    std::vector<std::string> heard;
    group.spawn(keep(signal, heard));
    settle();
    EXPECT_TRUE(heard.empty());
    signal.set(std::make_unique<std::string>("value"));
    EXPECT_TRUE(heard.empty());
    settle();
    EXPECT_EQ(heard, std::vector<std::string>{"value"});
}

TEST_F(SignalTest, MayGoWithItsWaiterWhenTheLoopIsTornDown) {
    auto torn = std::make_unique<boost::asio::io_context>();
    TextSignal signal;
    std::vector<std::string> heard;
    TaskGroup lost(torn->get_executor());
    lost.spawn(keep(signal, heard));
    torn->poll();
    EXPECT_EQ(lost.running(), 1U);
    EXPECT_TRUE(heard.empty());
}

TEST_F(SignalTest, IsSetOnce) {
    TextSignal signal;
    signal.set(nullptr);
    EXPECT_DEATH(signal.set(nullptr), "a signal is set once");
}

TEST_F(SignalTest, AGroupWithoutTasksIsJoinedAtOnce) {
    int joined = 0;
    TaskGroup joiners(loop.get_executor());
    joiners.spawn(join(group, joined));
    settle();
    EXPECT_EQ(joined, 1);
}

TEST_F(SignalTest, AGroupIsJoinedWhenItsLastTaskHasEnded) {
    Signal<Done> first;
    Signal<Done> second;
    int passed = 0;
    int joined = 0;
    TaskGroup joiners(loop.get_executor());
    group.spawn(pass(first, passed));
    group.spawn(pass(second, passed));
    EXPECT_EQ(group.running(), 2U);
    joiners.spawn(join(group, joined));
    settle();
    second.set({});
    settle();
    EXPECT_EQ(group.running(), 1U);
    EXPECT_EQ(joined, 0);
    first.set({});
    settle();
    EXPECT_EQ(passed, 2);
    EXPECT_EQ(joined, 1);
    EXPECT_EQ(group.running(), 0U);
}

TEST_F(SignalTest, AGroupCanBeUsedAndJoinedAgain) {
    int passed = 0;
    int joined = 0;
    TaskGroup joiners(loop.get_executor());
    for (int round = 1; round <= 2; ++round) {
        Signal<Done> gate;
        group.spawn(pass(gate, passed));
        joiners.spawn(join(group, joined));
        settle();
        EXPECT_EQ(joined, round - 1);
        gate.set({});
        settle();
        EXPECT_EQ(joined, round);
    }
    EXPECT_EQ(passed, 2);
}

}  // namespace
}  // namespace prelabel::async
