#include <prelabel/async/offload.hpp>
#include <prelabel/async/task_group.hpp>

#include <algorithm>
#include <atomic>
#include <functional>
#include <future>
#include <memory>
#include <thread>
#include <vector>

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <gtest/gtest.h>

namespace prelabel::async {
namespace {

class OffloadTest : public testing::Test {
protected:
    boost::asio::io_context loop;
    TaskGroup tasks{loop.get_executor()};
};

Coroutine<> keep_outcome(Offload* offload, std::function<int()> function, std::vector<int>* outcomes) {
    outcomes->push_back(co_await offload->run(std::move(function)));
}

TEST_F(OffloadTest, RunsOnAnotherThreadAndHandsTheOutcomeToTheLoop) {
    Offload offload(loop.get_executor());
    std::thread::id ran_on;
    std::vector<int> outcomes;
    tasks.spawn(keep_outcome(&offload, [&ran_on] { return ran_on = std::this_thread::get_id(), 7; }, &outcomes));
    loop.run();
    EXPECT_EQ(outcomes, std::vector{7});
    EXPECT_NE(ran_on, std::this_thread::get_id());
}

TEST_F(OffloadTest, TheLoopGoesOnWhileACallBlocks) {
    Offload offload(loop.get_executor());
    std::promise<void> freed_by_the_loop;
    std::vector<int> outcomes;
    tasks.spawn(keep_outcome(
        &offload, [freed = freed_by_the_loop.get_future().share()] { return freed.wait(), 1; }, &outcomes));
    boost::asio::post(loop, [&] { freed_by_the_loop.set_value(); });
    loop.run();
    EXPECT_EQ(outcomes, std::vector{1}) << "the loop did not stop for want of work while the call was under way";
}

TEST_F(OffloadTest, OneThreadTakesTheCallsInTheirOrder) {
    Offload offload(loop.get_executor(), 1);
    std::atomic<int> at_once = 0;
    std::atomic<int> most_at_once = 0;
    std::vector<int> outcomes;
    for (int i = 0; i < 50; ++i) {
        tasks.spawn(keep_outcome(
            &offload,
            [&, i] {
                most_at_once = std::max(most_at_once.load(), ++at_once);
                --at_once;
                return i;
            },
            &outcomes));
    }
    loop.run();
    ASSERT_EQ(outcomes.size(), 50U);
    EXPECT_TRUE(std::ranges::is_sorted(outcomes));
    EXPECT_EQ(most_at_once, 1);
}

TEST_F(OffloadTest, ItsEndWaitsForTheCallUnderWayWhoseOutcomeStillArrives) {
    auto offload = std::make_unique<Offload>(loop.get_executor());
    std::promise<void> begun;
    std::promise<void> go_on;
    std::atomic<bool> ended = false;
    std::vector<int> outcomes;
    tasks.spawn(keep_outcome(
        offload.get(),
        [&, freed = go_on.get_future().share()] {
            begun.set_value();
            freed.wait();
            ended = true;
            return 1;
        },
        &outcomes));
    loop.poll();
    begun.get_future().wait();
    EXPECT_FALSE(ended);
    go_on.set_value();
    offload.reset();
    EXPECT_TRUE(ended);
    loop.restart();
    loop.run();
    EXPECT_EQ(outcomes, std::vector{1});
}

}  // namespace
}  // namespace prelabel::async
