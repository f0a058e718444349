#include "http/watchdog.hpp"

#include <gtest/gtest.h>

namespace prelabel::http {
namespace {

using std::chrono::milliseconds;
using Expired = Watchdog::Expired;

class ManualClock final : public async::Clock {
public:
    [[nodiscard]] TimePoint now() const override { return now_; }
    [[nodiscard]] WallTime wall_now() const override { return {}; }
    void arm(async::Timer& timer, TimePoint at) override { wheel_.arm(timer, at); }
    void disarm(async::Timer& timer) override { wheel_.disarm(timer); }
    void pass(Duration time) {
        now_ += time;
        wheel_.advance(now_);
    }

private:
    TimePoint now_{};
    async::TimerWheel wheel_{TimePoint{}, milliseconds(1)};
};

class WatchdogTest : public testing::Test {
protected:
    void start(Duration total, Duration idle) { watchdog_.start(clock_.now(), clock_.now() + total, idle); }

    ManualClock clock_;
    int ended_ = 0;
    Watchdog watchdog_{clock_, [this] { ++ended_; }};
};

TEST_F(WatchdogTest, EndsWhatIsIdle) {
    start(milliseconds(1'000), milliseconds(10));
    clock_.pass(milliseconds(9));
    EXPECT_EQ(ended_, 0);
    clock_.pass(milliseconds(1));
    EXPECT_EQ(ended_, 1);
    EXPECT_EQ(watchdog_.expired(), Expired::idle);
    clock_.pass(milliseconds(5'000));
    EXPECT_EQ(ended_, 1);
}

TEST_F(WatchdogTest, LetsWhatMovesGoOnUntilItsTotal) {
    start(milliseconds(100), milliseconds(10));
    for (int i = 0; i < 12; ++i) {
        clock_.pass(milliseconds(8));
        EXPECT_EQ(ended_, 0) << i;
        watchdog_.touch();
    }
    clock_.pass(milliseconds(4));
    EXPECT_EQ(ended_, 1);
    EXPECT_EQ(watchdog_.expired(), Expired::total);
}

TEST_F(WatchdogTest, LeavesAloneWhatEnded) {
    start(milliseconds(10), Duration::max());
    watchdog_.stop();
    clock_.pass(milliseconds(100));
    EXPECT_EQ(watchdog_.expired(), Expired::no);
    start(milliseconds(10), Duration::max());
    clock_.pass(milliseconds(10));
    EXPECT_EQ(ended_, 1);
    start(milliseconds(10), Duration::max());
    EXPECT_EQ(watchdog_.expired(), Expired::no);
}

}  // namespace
}  // namespace prelabel::http
