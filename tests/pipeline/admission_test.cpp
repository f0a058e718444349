#include "admission_fixture.hpp"

namespace prelabel::pipeline {
namespace {

TEST_F(AdmissionTest, LetsInAsManyAsMayBeInFlightAndThenFirstComeFirstServed) {
    with({0, 0, 2});
    for (const auto* name : {"a", "b", "c", "d"}) ask(name);
    EXPECT_EQ(order(), (Order{"a", "b"}));
    EXPECT_EQ(stats.calls_in_flight, 2U);

    loop.advance(seconds(3));
    end();
    loop.settle();
    EXPECT_EQ(order(), (Order{"a", "b", "c"}));
    loop.advance(seconds(1));
    end();
    loop.settle();
    EXPECT_EQ(order(), (Order{"a", "b", "c", "d"}));
    EXPECT_EQ(stats.calls_in_flight, 2U);
    EXPECT_EQ(waits(WaitReason::in_flight), 2U);
    EXPECT_DOUBLE_EQ(waited(WaitReason::in_flight), 3.0 + 4.0);
}

TEST_F(AdmissionTest, ASmallCallDoesNotOvertakeALargeOneThatWaits) {
    with({0, 60'000, 100});
    ask("first", 5'000);
    ask("large", 5'000);
    ask("small", 1);
    EXPECT_EQ(order(), Order{"first"});
    loop.finish();
    EXPECT_EQ(order(), (Order{"first", "large", "small"}));
}

TEST_F(AdmissionTest, PacesRequestsEvenly) {
    with({60, 0, 1'000});
    ask_many(100);
    EXPECT_EQ(order().size(), 1U);
    loop.advance(seconds(10));
    EXPECT_NEAR(static_cast<double>(order().size()), 10, 1);
    loop.advance(seconds(50));
    EXPECT_LE(order().size(), 60U);
    EXPECT_GE(order().size(), 59U);
    EXPECT_EQ(waits(WaitReason::requests), order().size() - 1);
    EXPECT_GT(waited(WaitReason::requests), 1'000);
}

TEST_F(AdmissionTest, PacesTokensAndCountsWhatItReserved) {
    with({0, 60'000, 1'000});
    ask_many(100, 1'000);  // one a second
    loop.advance(seconds(30));
    EXPECT_NEAR(static_cast<double>(order().size()), 30, 2);
    EXPECT_EQ(stats.reserved_tokens, order().size() * 1'000);
    EXPECT_EQ(waits(WaitReason::tokens), order().size() - 1);
    EXPECT_EQ(waits(WaitReason::requests), 0U);
}

TEST_F(AdmissionTest, ACallOfManyMinutesOfTokensHoldsOthersBackForOneMinute) {
    with({0, 60'000, 1'000});
    ask("huge", 1'000'000);
    ask("small", 100);
    loop.advance(seconds(50));
    EXPECT_EQ(order(), Order{"huge"});
    loop.advance(seconds(12));
    EXPECT_EQ(order(), (Order{"huge", "small"}));
    EXPECT_EQ(stats.reserved_tokens, 60'100U);
}

TEST_F(AdmissionTest, ARetryWaitsForItsTimeAndLetsOthersPass) {
    with({0, 0, 10});
    const TimePoint at = loop.now() + seconds(5);
    ask("retry", 1, Turn::again, at);
    ask("other");
    EXPECT_EQ(order(), Order{"other"});
    loop.advance(seconds(5) - milliseconds(1));
    EXPECT_EQ(order(), Order{"other"});
    loop.advance(milliseconds(1));
    EXPECT_EQ(order(), (Order{"other", "retry"}));
    EXPECT_EQ(waits(WaitReason::retry), 1U);
    EXPECT_DOUBLE_EQ(waited(WaitReason::retry), 5.0);
}

TEST_F(AdmissionTest, ARetryThatIsDueGoesBeforeNewDocuments) {
    with({0, 0, 1});
    ask("in");
    ask("new");
    ask("retry", 1, Turn::again);
    ask("another retry", 1, Turn::again);
    for (int i = 0; i < 3; ++i) {
        end();
        loop.settle();
    }
    EXPECT_EQ(order(), (Order{"in", "retry", "another retry", "new"}));
}

TEST_F(AdmissionTest, ASuspectGoesWhenNothingElseWaitsOrIsUnderWay) {
    with({0, 0, 2});
    ask("in");
    ask("suspect", 1, Turn::suspect);
    ask("new");
    EXPECT_EQ(order(), (Order{"in", "new"}));
    end();
    loop.settle();
    EXPECT_EQ(order(), (Order{"in", "new"})) << "the other call may still show whether the endpoint works";
    end();
    loop.settle();
    EXPECT_EQ(order(), (Order{"in", "new", "suspect"}));
}

TEST_F(AdmissionTest, ASuspectGoesFirstOnceALaterCallOfSomebodyElseWasAccepted) {
    auto& admission = with({0, 0, 1});
    ask("in");
    const TimePoint earlier = loop.now();
    loop.advance(seconds(1));
    ask("suspect", 1, Turn::suspect);
    ask("new");
    admission.clear_suspects(earlier);
    admission.clear_suspects(loop.now() + seconds(1));
    end();
    loop.settle();
    EXPECT_EQ(order(), (Order{"in", "suspect"}));
}

TEST_F(AdmissionTest, AnEarlierCallThatIsAcceptedClearsNoSuspect) {
    auto& admission = with({0, 0, 1});
    ask("in");
    loop.advance(seconds(1));
    ask("suspect", 1, Turn::suspect);
    ask("new");
    admission.clear_suspects(loop.now() - seconds(1));
    end();
    loop.settle();
    EXPECT_EQ(order(), (Order{"in", "new"}));
}

TEST_F(AdmissionTest, APausePrefersANewDocumentForItsProbe) {
    auto& admission = with({0, 0, 10});
    admission.trip("HTTP 403");
    ask("retry", 1, Turn::again);
    ask("suspect", 1, Turn::suspect);
    ask("new");
    loop.advance(seconds(5));
    EXPECT_EQ(order(), Order{"new"});
}

TEST_F(AdmissionTest, APauseProbesWithWhoeverWaitsLongestWhereNobodyIsNew) {
    auto& admission = with({0, 0, 10});
    admission.trip("HTTP 403");
    ask("suspect", 1, Turn::suspect);
    loop.advance(seconds(1));
    ask("retry", 1, Turn::again);
    loop.advance(seconds(4));
    EXPECT_EQ(order(), Order{"suspect"});
    admission.trip("HTTP 403");
    end();
    ask("suspect again", 1, Turn::suspect);
    loop.advance(seconds(10));
    EXPECT_EQ(order(), (Order{"suspect", "retry"}));
}

TEST_F(AdmissionTest, APauseSendsOneProbeAtATimeUntilOneWorks) {
    auto& admission = with({0, 0, 10});
    EXPECT_TRUE(admission.trip("no money"));
    EXPECT_FALSE(admission.trip("no money"));
    EXPECT_TRUE(stats.paused);
    EXPECT_EQ(stats.pause_reason, "no money");
    ask_many(4);
    loop.advance(seconds(5) - milliseconds(1));
    EXPECT_TRUE(order().empty());
    loop.advance(milliseconds(1));
    EXPECT_EQ(order().size(), 1U);
    loop.advance(minutes(5));
    EXPECT_EQ(order().size(), 1U) << "the probe is still under way";

    EXPECT_FALSE(admission.trip("still no money"));
    end();
    loop.advance(seconds(10) - milliseconds(1));
    EXPECT_EQ(order().size(), 1U) << "the next probe waits twice as long";
    loop.advance(milliseconds(1));
    EXPECT_EQ(order().size(), 2U);

    EXPECT_TRUE(admission.resume());
    EXPECT_FALSE(admission.resume());
    loop.settle();
    EXPECT_EQ(order(), (Order{"0", "1"})) << "one at a time at first";
    answer(1);
    EXPECT_EQ(order(), (Order{"0", "1", "2", "3"}));
    EXPECT_FALSE(stats.paused);
    EXPECT_EQ(stats.pause_reason, "");
    EXPECT_EQ(waits(WaitReason::paused), 4U);
}

TEST_F(AdmissionTest, SendsAwayTheAbandonedOnly) {
    auto& admission = with({0, 0, 1});
    ask("in");
    const auto queued = ask("gone");
    const auto retrying = ask("gone too", 1, Turn::again, loop.now() + minutes(1));
    const auto taken = std::exchange(lease, std::make_shared<Lease>());
    ask("stays");
    taken->abandoned = true;
    admission.drop_leaving();
    loop.settle();
    EXPECT_EQ(*queued, false);
    EXPECT_EQ(*retrying, false);
    end();
    loop.settle();
    EXPECT_EQ(order(), (Order{"in", "stays"}));
    lease->abandoned = true;
    EXPECT_EQ(*ask("too late"), false);
}

TEST_F(AdmissionTest, ClosingSendsAwayAllNowAndLater) {
    auto& admission = with({0, 0, 1});
    ask("in");
    const auto queued = ask("queued");
    const auto retrying = ask("retrying", 1, Turn::again, loop.now() + minutes(1));
    admission.close();
    loop.settle();
    EXPECT_TRUE(admission.closed());
    EXPECT_EQ(*queued, false);
    EXPECT_EQ(*retrying, false);
    end();
    EXPECT_EQ(*ask("later"), false);
    EXPECT_EQ(order(), Order{"in"});
    EXPECT_FALSE(loop.clock().jump()) << "nothing is left to wake anybody";
}

TEST_F(AdmissionTest, OtherLimitsHoldFromThenOn) {
    auto& admission = with({0, 0, 2});
    ask_many(100);
    EXPECT_EQ(order().size(), 2U);
    admission.limit({0, 0, 5});
    loop.settle();
    EXPECT_EQ(stats.calls_in_flight, 5U);
    admission.limit({0, 0, 1});
    answer(4);
    EXPECT_EQ(stats.calls_in_flight, 1U) << "those under way end, and no more begin";
    admission.limit({60, 600'000, 50});
    EXPECT_EQ(stats.requests_per_minute, 60U);
    EXPECT_EQ(stats.tokens_per_minute, 600'000U);
    const std::size_t before = order().size();
    loop.advance(seconds(10));
    EXPECT_NEAR(static_cast<double>(order().size() - before), 10, 1);
}

TEST_F(AdmissionTest, APermitThatIsDroppedGivesItsSlotBackAndTeachesNothing) {
    with({0, 0, 1});
    ask_many(2);
    drop();
    loop.settle();
    EXPECT_EQ(order(), (Order{"0", "1"}));
    EXPECT_EQ(stats.learned_in_flight, 0U);
}

TEST_F(AdmissionTest, APermitMayOutliveItsAdmission) {
    with({0, 0, 1});
    ask("under way");
    const Permit kept = keep_the_oldest();
    with({0, 0, 1});
    EXPECT_TRUE(kept);
}

}  // namespace
}  // namespace prelabel::pipeline
