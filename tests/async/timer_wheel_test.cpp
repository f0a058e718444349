#include <prelabel/async/timer_wheel.hpp>
#include <prelabel/base/rng.hpp>

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <vector>

#include <gtest/gtest.h>

namespace prelabel::async {
namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;

constexpr Duration tick = milliseconds(1);
const TimePoint start{std::chrono::hours(7)};

struct Counted {
    int fired = 0;
    Timer timer{[this] { ++fired; }};
};

TEST(TimerWheel, FiresAtTheFirstTickNotBeforeItsTime) {
    TimerWheel wheel(start, tick);
    Counted exact;
    Counted between;
    wheel.arm(exact.timer, start + milliseconds(5));
    wheel.arm(between.timer, start + microseconds(5001));
    wheel.advance(start + microseconds(4999));
    EXPECT_EQ(exact.fired, 0);
    wheel.advance(start + milliseconds(5));
    EXPECT_EQ(exact.fired, 1);
    EXPECT_EQ(between.fired, 0);
    wheel.advance(start + microseconds(5999));
    EXPECT_EQ(between.fired, 0);
    wheel.advance(start + milliseconds(6));
    EXPECT_EQ(between.fired, 1);
    EXPECT_FALSE(exact.timer.armed());
    EXPECT_EQ(wheel.armed(), 0U);
}

TEST(TimerWheel, FiresWhatIsAlreadyPastAtTheNextTick) {
    TimerWheel wheel(start, tick);
    wheel.advance(start + milliseconds(100));
    Counted past;
    Counted ancient;
    wheel.arm(past.timer, start + milliseconds(3));
    wheel.arm(ancient.timer, TimePoint::min());
    wheel.advance(start + milliseconds(100));
    EXPECT_EQ(past.fired, 0);
    EXPECT_EQ(wheel.next_wake(), start + milliseconds(101));
    wheel.advance(start + milliseconds(101));
    EXPECT_EQ(past.fired, 1);
    EXPECT_EQ(ancient.fired, 1);
}

TEST(TimerWheel, DoesNotFireWhatWasDisarmed) {
    TimerWheel wheel(start, tick);
    Counted one;
    Counted other;
    wheel.arm(one.timer, start + milliseconds(5));
    wheel.arm(other.timer, start + milliseconds(5));
    wheel.disarm(one.timer);
    wheel.disarm(one.timer);
    EXPECT_FALSE(one.timer.armed());
    EXPECT_TRUE(other.timer.armed());
    wheel.advance(start + milliseconds(50));
    EXPECT_EQ(one.fired, 0);
    EXPECT_EQ(other.fired, 1);
}

TEST(TimerWheel, RearmingMovesATimer) {
    TimerWheel wheel(start, tick);
    Counted one;
    wheel.arm(one.timer, start + milliseconds(5));
    wheel.arm(one.timer, start + milliseconds(500'000));
    wheel.advance(start + milliseconds(499'999));
    EXPECT_EQ(one.fired, 0);
    EXPECT_EQ(wheel.armed(), 1U);
    wheel.arm(one.timer, start + milliseconds(500'003));
    wheel.advance(start + milliseconds(500'003));
    EXPECT_EQ(one.fired, 1);
}

TEST(TimerWheel, FiresEarliestTickFirstAndInTheOrderOfArmingWithinATick) {
    TimerWheel wheel(start, tick);
    std::vector<int> order;
    Timer a([&] { order.push_back(1); });
    Timer b([&] { order.push_back(2); });
    Timer c([&] { order.push_back(3); });
    Timer d([&] { order.push_back(4); });
    wheel.arm(d, start + milliseconds(70'000));
    wheel.arm(b, start + milliseconds(5'000));
    wheel.arm(c, start + milliseconds(5'000));
    wheel.advance(start + milliseconds(4'999));
    wheel.arm(a, start + milliseconds(5'000));
    wheel.advance(start + milliseconds(100'000));
    EXPECT_EQ(order, (std::vector{2, 3, 1, 4}));
}

TEST(TimerWheel, AFiringTimerMayRearmItselfAndDisarmOthers) {
    TimerWheel wheel(start, tick);
    Counted victim;
    int rounds = 0;
    Timer* self = nullptr;
    Timer periodic([&] {
        ++rounds;
        EXPECT_FALSE(self->armed());
        wheel.disarm(victim.timer);
        wheel.arm(*self, start + milliseconds(10 * (rounds + 1)));
    });
    self = &periodic;
    wheel.arm(periodic, start + milliseconds(10));
    wheel.arm(victim.timer, start + milliseconds(10));
    wheel.advance(start + milliseconds(35));
    EXPECT_EQ(rounds, 3);
    EXPECT_EQ(victim.fired, 0);
    EXPECT_EQ(wheel.next_wake(), start + milliseconds(40));
}

TEST(TimerWheel, ATimerThatArmsItselfForNowWaitsForTheNextTick) {
    TimerWheel wheel(start, tick);
    int rounds = 0;
    Timer* self = nullptr;
    Timer eager([&] {
        ++rounds;
        wheel.arm(*self, start);
    });
    self = &eager;
    wheel.arm(eager, start);
    wheel.advance(start + milliseconds(3));
    EXPECT_EQ(rounds, 3);
}

TEST(TimerWheel, ATimerMayBeDestroyedWhileArmed) {
    TimerWheel wheel(start, tick);
    Counted stays;
    wheel.arm(stays.timer, start + milliseconds(4));
    {
        Counted goes;
        wheel.arm(goes.timer, start + milliseconds(4));
        EXPECT_EQ(wheel.armed(), 2U);
    }
    EXPECT_EQ(wheel.armed(), 1U);
    wheel.advance(start + milliseconds(4));
    EXPECT_EQ(stays.fired, 1);
}

TEST(TimerWheel, ATimerMayOutliveItsWheel) {
    Counted one;
    {
        TimerWheel wheel(start, tick);
        wheel.arm(one.timer, start + std::chrono::hours(1000));
    }
    EXPECT_FALSE(one.timer.armed());
    EXPECT_EQ(one.fired, 0);
}

TEST(TimerWheel, HoldsEveryTimeThereIs) {
    TimerWheel wheel(TimePoint{}, Duration(1));
    Counted last;
    wheel.arm(last.timer, TimePoint::max());
    wheel.advance(TimePoint::max() - Duration(1));
    EXPECT_EQ(last.fired, 0);
    EXPECT_EQ(wheel.next_wake(), TimePoint::max());
    wheel.advance(TimePoint::max());
    EXPECT_EQ(last.fired, 1);
}

TEST(TimerWheel, IgnoresTimeThatWentBack) {
    TimerWheel wheel(start, tick);
    wheel.advance(start + milliseconds(100));
    wheel.advance(start - milliseconds(100));
    Counted one;
    wheel.arm(one.timer, start + milliseconds(101));
    wheel.advance(start + milliseconds(100));
    EXPECT_EQ(one.fired, 0);
    wheel.advance(start + milliseconds(101));
    EXPECT_EQ(one.fired, 1);
}

// Both sides of every place where a digit carries, seen from ticks on both sides of such places.
TEST(TimerWheel, IsExactAtEveryLevelsCrossing) {
    for (unsigned from_bits = 0; from_bits <= 42; from_bits += 6) {
        for (unsigned to_bits = 0; to_bits <= 42; to_bits += 6) {
            for (int from_step = -1; from_step <= 1; ++from_step) {
                for (int to_step = -1; to_step <= 1; ++to_step) {
                    const Duration from = Duration((std::int64_t{1} << from_bits) + from_step);
                    const Duration to = from + Duration((std::int64_t{1} << to_bits) + to_step);
                    if (to == from) continue;
                    TimerWheel wheel(start, Duration(1));
                    wheel.advance(start + from);
                    Counted one;
                    wheel.arm(one.timer, start + to);
                    wheel.advance(start + to - Duration(1));
                    ASSERT_EQ(one.fired, 0) << from_bits << ' ' << to_bits << ' ' << from_step << ' ' << to_step;
                    wheel.advance(start + to);
                    ASSERT_EQ(one.fired, 1) << from_bits << ' ' << to_bits << ' ' << from_step << ' ' << to_step;
                }
            }
        }
    }
}

/// The plain definition of the wheel: a sorted list.
class SortedTimers {
public:
    void arm(int id, std::uint64_t at) {
        disarm(id);
        places_[id] = timers_.emplace(std::max(at, now_ + 1), id);
    }
    void disarm(int id) {
        if (auto place = places_.find(id); place != places_.end()) {
            timers_.erase(place->second);
            places_.erase(place);
        }
    }
    std::vector<int> advance(std::uint64_t now) {
        now_ = now;
        std::vector<int> fired;
        while (!timers_.empty() && timers_.begin()->first <= now) {
            fired.push_back(timers_.begin()->second);
            disarm(fired.back());
        }
        return fired;
    }
    [[nodiscard]] std::size_t size() const { return timers_.size(); }
    [[nodiscard]] std::uint64_t first() const { return timers_.begin()->first; }

private:
    std::multimap<std::uint64_t, int> timers_;
    std::map<int, std::multimap<std::uint64_t, int>::iterator> places_;
    std::uint64_t now_ = 0;
};

TEST(TimerWheel, AgreesWithASortedListForRandomHistories) {
    for (std::uint64_t seed = 0; seed < 200; ++seed) {
        Rng rng(seed);
        TimerWheel wheel(start, tick);
        SortedTimers plain;
        std::vector<int> fired;
        std::deque<Timer> timers;
        for (int id = 0; id < 40; ++id) timers.emplace_back([&fired, id] { fired.push_back(id); });
        std::uint64_t now = 0;
        for (int step = 0; step < 500; ++step) {
            const auto id = static_cast<int>(rng.below(timers.size()));
            const std::uint64_t reach = std::uint64_t{1} << rng.below(30);
            switch (rng.below(4)) {
                case 0:
                case 1: {
                    const std::uint64_t at = now + rng.below(reach);
                    wheel.arm(timers[static_cast<std::size_t>(id)], start + at * tick);
                    plain.arm(id, at);
                    break;
                }
                case 2:
                    wheel.disarm(timers[static_cast<std::size_t>(id)]);
                    plain.disarm(id);
                    break;
                default:
                    now += rng.below(reach);
                    fired.clear();
                    wheel.advance(start + now * tick);
                    ASSERT_EQ(fired, plain.advance(now)) << "seed " << seed << " step " << step;
            }
            ASSERT_EQ(wheel.armed(), plain.size());
            ASSERT_EQ(wheel.next_wake().has_value(), plain.size() > 0);
            if (plain.size() > 0) {
                ASSERT_LE(*wheel.next_wake(), start + plain.first() * tick);
                ASSERT_GT(*wheel.next_wake(), start + now * tick);
            }
        }
    }
}

// Who follows next_wake() alone reaches every timer exactly, in few steps.
TEST(TimerWheel, NextWakeLeadsToTheTimerInAtMostOneStepALevel) {
    for (std::uint64_t seed = 0; seed < 200; ++seed) {
        Rng rng(seed);
        TimerWheel wheel(start, tick);
        Counted one;
        const std::uint64_t at = 1 + rng.below(std::uint64_t{1} << (1 + rng.below(40)));
        wheel.arm(one.timer, start + at * tick);
        TimePoint now = start;
        int steps = 0;
        for (auto wake = wheel.next_wake(); wake; wake = wheel.next_wake(), ++steps) {
            now = *wake;
            wheel.advance(now);
        }
        EXPECT_EQ(now, start + at * tick);
        EXPECT_EQ(one.fired, 1);
        EXPECT_LE(steps, 11);
    }
}

}  // namespace
}  // namespace prelabel::async
