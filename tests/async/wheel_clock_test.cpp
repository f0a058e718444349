#include <prelabel/async/wheel_clock.hpp>

#include <memory>
#include <vector>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <gtest/gtest.h>

namespace prelabel::async {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;

class WheelClockTest : public testing::Test {
protected:
    boost::asio::io_context io_{1};
    WheelClock clock_{io_.get_executor()};
};

TEST_F(WheelClockTest, FiresOnTheLoopInOrderAndNeverEarly) {
    std::vector<int> order;
    const TimePoint begin = clock_.now();
    TimePoint fired_at{};
    Timer second([&] {
        order.push_back(2);
        fired_at = clock_.now();
    });
    Timer first([&] { order.push_back(1); });
    clock_.arm(second, begin + milliseconds(20));
    clock_.arm(first, begin + milliseconds(3));
    EXPECT_TRUE(order.empty());
    io_.run();
    EXPECT_EQ(order, (std::vector{1, 2}));
    EXPECT_GE(fired_at, begin + milliseconds(20));
}

TEST_F(WheelClockTest, FiresWhatHasPassedThroughTheLoop) {
    bool fired = false;
    Timer past([&] { fired = true; });
    clock_.arm(past, clock_.now() - hours(1));
    EXPECT_FALSE(fired);
    io_.run();
    EXPECT_TRUE(fired);
}

TEST_F(WheelClockTest, TheLoopEndsWhenTheLastTimerIsDisarmed) {
    bool fired = false;
    Timer far([&] { fired = true; });
    Timer near([&] { clock_.disarm(far); });
    clock_.arm(far, clock_.now() + hours(10));
    clock_.arm(near, clock_.now() + milliseconds(2));
    io_.run();
    EXPECT_FALSE(fired);
}

TEST_F(WheelClockTest, AnEarlierTimerOvertakesAScheduledWakeUp) {
    std::vector<int> order;
    Timer far([&] { order.push_back(2); });
    Timer near([&] {
        order.push_back(1);
        clock_.arm(far, clock_.now());
    });
    clock_.arm(far, clock_.now() + hours(10));
    clock_.arm(near, clock_.now() + milliseconds(1));
    io_.run();
    EXPECT_EQ(order, (std::vector{1, 2}));
}

// An hour's wait is three moves down the wheel, not 3.6 million ticks.
TEST_F(WheelClockTest, DoesNotWakeEveryTickForAFarTimer) {
    bool fired = false;
    Timer far([&] { fired = true; });
    clock_.arm(far, clock_.now() + hours(1));
    EXPECT_EQ(io_.run_for(milliseconds(150)), 0U);
    EXPECT_FALSE(fired);
    clock_.disarm(far);
}

TEST_F(WheelClockTest, ReportsTheWorstLagOnce) {
    Timer blocks([&] {
        const TimePoint until = clock_.now() + milliseconds(30);
        while (clock_.now() < until) {
        }
    });
    Timer late([] {});
    clock_.arm(blocks, clock_.now() + milliseconds(1));
    io_.run();
    static_cast<void>(clock_.take_worst_lag());
    clock_.arm(late, clock_.now() + milliseconds(1));
    clock_.arm(blocks, clock_.now() - milliseconds(1));
    const TimePoint until = clock_.now() + milliseconds(25);
    while (clock_.now() < until) {
    }
    io_.restart();
    io_.run();
    EXPECT_GE(clock_.take_worst_lag(), milliseconds(20));
    EXPECT_EQ(clock_.take_worst_lag(), Duration{});
}

TEST_F(WheelClockTest, KnowsTheDate) {
    EXPECT_GT(clock_.wall_now(), WallTime(std::chrono::sys_days(std::chrono::year(2025) / 1 / 1)));
}

Coroutine<> sleep_then(Clock* clock, Duration time, int id, std::vector<int>* order) {
    const TimePoint until = clock->now() + time;
    co_await sleep_until(*clock, until);
    EXPECT_GE(clock->now(), until);
    order->push_back(id);
}

TEST_F(WheelClockTest, CoroutinesSleepSideBySide) {
    std::vector<int> order;
    boost::asio::co_spawn(io_, sleep_then(&clock_, milliseconds(20), 2, &order), boost::asio::detached);
    boost::asio::co_spawn(io_, sleep_then(&clock_, milliseconds(5), 1, &order), boost::asio::detached);
    boost::asio::co_spawn(io_, sleep_then(&clock_, -milliseconds(5), 0, &order), boost::asio::detached);
    io_.run();
    EXPECT_EQ(order, (std::vector{0, 1, 2}));
}

TEST(WheelClock, MayGoWhileAWakeUpIsOnItsWay) {
    boost::asio::io_context io(1);
    Timer timer([] { FAIL() << "its clock is gone"; });
    {
        WheelClock clock(io.get_executor());
        clock.arm(timer, clock.now());
        const TimePoint until = clock.now() + milliseconds(3);
        while (clock.now() < until) {
        }
    }
    io.run();
    EXPECT_FALSE(timer.armed());
}

}  // namespace
}  // namespace prelabel::async
