#include "fake_loop.hpp"

#include <prelabel/pipeline/admission.hpp>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

namespace prelabel::pipeline {
namespace {

using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

Task<bool> enter(Admission* admission, std::string name, std::vector<std::string>* order, std::uint64_t tokens,
                 TimePoint not_before, std::shared_ptr<const Lease> lease) {
    const bool admitted = co_await admission->admit(tokens, not_before, std::move(lease));
    if (admitted) order->push_back(std::move(name));
    co_return admitted;
}

class AdmissionTest : public ::testing::Test {
protected:
    Admission& with(Limits limits) {
        admission_.emplace(limits, loop.clock(), stats);
        return *admission_;
    }
    auto ask(const std::string& name, std::uint64_t tokens = 1, TimePoint not_before = {}) {
        return loop.start(enter(&*admission_, name, &order, tokens, not_before, lease));
    }
    void ask_many(std::size_t how_many, std::uint64_t tokens = 1) {
        for (std::size_t i = 0; i < how_many; ++i) ask(std::to_string(i), tokens);
    }
    void TearDown() override {
        if (admission_) admission_->close();
        loop.finish();
    }
    std::uint64_t waits(WaitReason reason) const { return stats.waits[static_cast<std::size_t>(reason)]; }
    double waited(WaitReason reason) const { return stats.wait_seconds[static_cast<std::size_t>(reason)]; }

    FakeLoop loop;
    Stats stats;
    std::shared_ptr<Lease> lease = std::make_shared<Lease>();
    std::vector<std::string> order;

private:
    std::optional<Admission> admission_;
};

using Order = std::vector<std::string>;

TEST_F(AdmissionTest, LetsInAsManyAsMayBeInFlightAndThenFirstComeFirstServed) {
    auto& admission = with({0, 0, 2});
    for (const auto* name : {"a", "b", "c", "d"}) ask(name);
    EXPECT_EQ(order, (Order{"a", "b"}));
    EXPECT_EQ(stats.calls_in_flight, 2U);

    loop.advance(seconds(3));
    admission.release();
    loop.settle();
    EXPECT_EQ(order, (Order{"a", "b", "c"}));
    loop.advance(seconds(1));
    admission.release();
    loop.settle();
    EXPECT_EQ(order, (Order{"a", "b", "c", "d"}));
    EXPECT_EQ(stats.calls_in_flight, 2U);
    EXPECT_EQ(waits(WaitReason::in_flight), 2U);
    EXPECT_DOUBLE_EQ(waited(WaitReason::in_flight), 3.0 + 4.0);
}

TEST_F(AdmissionTest, ASmallCallDoesNotOvertakeALargeOneThatWaits) {
    with({0, 60'000, 100});
    ask("first", 5'000);
    ask("large", 5'000);
    ask("small", 1);
    EXPECT_EQ(order, Order{"first"});
    loop.finish();
    EXPECT_EQ(order, (Order{"first", "large", "small"}));
}

TEST_F(AdmissionTest, PacesRequestsEvenly) {
    with({60, 0, 1'000});
    ask_many(100);
    EXPECT_EQ(order.size(), 1U);
    loop.advance(seconds(10));
    EXPECT_NEAR(static_cast<double>(order.size()), 10, 1);
    loop.advance(seconds(50));
    EXPECT_LE(order.size(), 60U);
    EXPECT_GE(order.size(), 59U);
    EXPECT_EQ(waits(WaitReason::requests), order.size() - 1);
    EXPECT_GT(waited(WaitReason::requests), 1'000);
}

TEST_F(AdmissionTest, PacesTokensAndCountsWhatItReserved) {
    with({0, 60'000, 1'000});
    ask_many(100, 1'000);  // one a second
    loop.advance(seconds(30));
    EXPECT_NEAR(static_cast<double>(order.size()), 30, 2);
    EXPECT_EQ(stats.reserved_tokens, order.size() * 1'000);
    EXPECT_EQ(waits(WaitReason::tokens), order.size() - 1);
    EXPECT_EQ(waits(WaitReason::requests), 0U);
}

TEST_F(AdmissionTest, ARetryWaitsForItsTimeAndLetsOthersPass) {
    with({0, 0, 10});
    const TimePoint at = loop.now() + seconds(5);
    ask("retry", 1, at);
    ask("other");
    EXPECT_EQ(order, Order{"other"});
    loop.advance(seconds(5) - milliseconds(1));
    EXPECT_EQ(order, Order{"other"});
    loop.advance(milliseconds(1));
    EXPECT_EQ(order, (Order{"other", "retry"}));
    EXPECT_EQ(waits(WaitReason::retry), 1U);
    EXPECT_DOUBLE_EQ(waited(WaitReason::retry), 5.0);
}

TEST_F(AdmissionTest, HoldsEverybodyAsLongAsTheProviderAsked) {
    auto& admission = with({0, 0, 10});
    admission.hold_until(loop.now() + seconds(20));
    admission.hold_until(loop.now() + seconds(3));  // a shorter wish shortens nothing
    ask_many(3);
    loop.advance(seconds(20) - milliseconds(1));
    EXPECT_TRUE(order.empty());
    loop.advance(milliseconds(1));
    EXPECT_EQ(order, (Order{"0", "1", "2"}));
    EXPECT_EQ(waits(WaitReason::provider), 3U);
    EXPECT_DOUBLE_EQ(waited(WaitReason::provider), 60.0);
}

TEST_F(AdmissionTest, APauseSendsOneProbeAtATimeUntilOneWorks) {
    auto& admission = with({0, 0, 10});
    EXPECT_TRUE(admission.trip("no money"));
    EXPECT_FALSE(admission.trip("no money"));
    EXPECT_TRUE(stats.paused);
    EXPECT_EQ(stats.pause_reason, "no money");
    ask_many(4);
    loop.advance(seconds(5) - milliseconds(1));
    EXPECT_TRUE(order.empty());
    loop.advance(milliseconds(1));
    EXPECT_EQ(order.size(), 1U);
    loop.advance(minutes(5));
    EXPECT_EQ(order.size(), 1U) << "the probe is still under way";

    EXPECT_FALSE(admission.trip("still no money"));
    admission.release();
    loop.advance(seconds(10) - milliseconds(1));
    EXPECT_EQ(order.size(), 1U) << "the next probe waits twice as long";
    loop.advance(milliseconds(1));
    EXPECT_EQ(order.size(), 2U);

    EXPECT_TRUE(admission.resume());
    EXPECT_FALSE(admission.resume());
    loop.settle();
    EXPECT_EQ(order, (Order{"0", "1", "2", "3"}));
    EXPECT_FALSE(stats.paused);
    EXPECT_EQ(stats.pause_reason, "");
    EXPECT_EQ(waits(WaitReason::paused), 4U);
}

TEST_F(AdmissionTest, SendsAwayTheAbandonedOnly) {
    auto& admission = with({0, 0, 1});
    ask("in");
    const auto queued = ask("gone");
    const auto retrying = ask("gone too", 1, loop.now() + minutes(1));
    const auto taken = std::exchange(lease, std::make_shared<Lease>());
    ask("stays");
    taken->abandoned = true;
    admission.drop_abandoned();
    loop.settle();
    EXPECT_EQ(*queued, false);
    EXPECT_EQ(*retrying, false);
    admission.release();
    loop.settle();
    EXPECT_EQ(order, (Order{"in", "stays"}));
    lease->abandoned = true;
    EXPECT_EQ(*ask("too late"), false);
}

TEST_F(AdmissionTest, ClosingSendsAwayAllNowAndLater) {
    auto& admission = with({0, 0, 1});
    ask("in");
    const auto queued = ask("queued");
    const auto retrying = ask("retrying", 1, loop.now() + minutes(1));
    admission.close();
    loop.settle();
    EXPECT_TRUE(admission.closed());
    EXPECT_EQ(*queued, false);
    EXPECT_EQ(*retrying, false);
    admission.release();
    EXPECT_EQ(*ask("later"), false);
    EXPECT_EQ(order, Order{"in"});
    EXPECT_FALSE(loop.clock().jump()) << "nothing is left to wake anybody";
}

}  // namespace
}  // namespace prelabel::pipeline
