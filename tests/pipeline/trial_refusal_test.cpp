#include "trial_fixture.hpp"

namespace prelabel::pipeline {
namespace {

using namespace std::chrono_literals;
using llm::ReplyClass;

TEST_F(TrialTest, ARefusalIsTheDocumentsWhenOthersAreAcceptedAfterIt) {
    const Decision first = fails(ReplyClass::rejected);
    EXPECT_FALSE(first.end);
    EXPECT_FALSE(first.pause);
    EXPECT_EQ(trial.turn(health), Turn::suspect);
    others_are_answered();
    EXPECT_EQ(trial.turn(health), Turn::again) << "others were accepted: it goes first, and it shows";
    const Decision second = fails(ReplyClass::rejected);
    ASSERT_TRUE(second.end);
    EXPECT_EQ(second.end->reason, DeadLetterClass::request_rejected);
    EXPECT_EQ(second.end->message.find("refused again after 2 calls"), 0U) << second.end->message;
}

TEST_F(TrialTest, AnAnswerThatComesAfterTheSecondRefusalStillShowsWhoseFaultItWas) {
    others_are_answered();
    EXPECT_FALSE(fails(ReplyClass::rejected).end);
    const TimePoint sent = now;  // by somebody else, after the first refusal
    EXPECT_FALSE(fails(ReplyClass::rejected).end);
    health.answered(sent, now);
    EXPECT_EQ(trial.turn(health), Turn::again);
    EXPECT_TRUE(fails(ReplyClass::rejected).end);
}

TEST_F(TrialTest, ARefusalThatMayBeEverybodysCostsNoAttempt) {
    others_are_answered();
    others_are_refused(3);
    EXPECT_FALSE(fails(ReplyClass::rejected).end);
    EXPECT_EQ(effort.attempts, 0U);
    for (std::uint32_t i = 1; i < policy.max_attempts(); ++i)
        EXPECT_FALSE(fails_while_others_are_answered(ReplyClass::overloaded).end) << "whatever came before";
}

TEST_F(TrialTest, AnAnswerToACallFromBeforeTheRefusalProvesNothing) {
    const TimePoint before = now;
    static_cast<void>(fails(ReplyClass::rejected));
    health.answered(before, now);
    EXPECT_EQ(trial.turn(health), Turn::suspect);
}

TEST_F(TrialTest, TheSameRefusalForEverybodyIsAPauseAndNobodysEnd) {
    others_are_refused(49);
    const Decision decision = fails(ReplyClass::rejected);
    EXPECT_FALSE(decision.end);
    EXPECT_EQ(decision.pause, PauseCause::person);
    for (int i = 0; i < 100; ++i) ASSERT_FALSE(fails(ReplyClass::rejected).end);
}

TEST_F(TrialTest, ARefusedParameterThatAllRequestsShareIsFoundAtTheThirdDocument) {
    others_are_answered();
    others_are_refused(1);
    EXPECT_FALSE(fails(failure(ReplyClass::rejected, "temperature")).pause);
    others_are_refused(2);
    EXPECT_EQ(fails(failure(ReplyClass::rejected, "temperature")).pause, PauseCause::person);
}

TEST_F(TrialTest, ARefusedMessageIsNotSharedByAll) {
    others_are_answered();
    others_are_refused(3);
    EXPECT_FALSE(fails(failure(ReplyClass::rejected, "messages[1].content")).pause);
}

TEST_F(TrialTest, AloneAndNeverAnsweredItIsTheRequest) {
    EXPECT_FALSE(fails(ReplyClass::rejected).pause);
    EXPECT_FALSE(fails(ReplyClass::rejected).pause);
    EXPECT_EQ(fails(ReplyClass::rejected).pause, PauseCause::person);
}

TEST_F(TrialTest, AloneButAnsweredBeforeItWaitsForSomebodyUntilItsTimeIsUsedUp) {
    others_are_answered();
    const TimePoint began = now;
    std::optional<Unanswered> end;
    while (!end) {
        const Decision decision = fails(ReplyClass::rejected);
        ASSERT_FALSE(decision.pause) << "one bad document alerts nobody";
        end = decision.end;
    }
    EXPECT_EQ(end->reason, DeadLetterClass::request_rejected);
    EXPECT_GT(now - began, 9min);
    EXPECT_LT(now - began, 11min);
}

TEST_F(TrialTest, TheLastDocumentOfAFileEndsWhenItIsRefusedAgain) {
    others_are_answered();
    last_documents = true;
    EXPECT_FALSE(fails(ReplyClass::rejected).end);
    EXPECT_TRUE(fails(ReplyClass::rejected).end);
}

TEST_F(TrialTest, AForbiddenDocumentHasAllItsAttemptsWhileOthersAreAccepted) {
    for (int i = 0; i < 2; ++i) {
        others_are_answered();
        const Decision decision = fails(ReplyClass::forbidden);
        EXPECT_FALSE(decision.end);
        EXPECT_FALSE(decision.pause);
    }
    others_are_answered();
    const Decision last = fails(ReplyClass::forbidden);
    ASSERT_TRUE(last.end);
    EXPECT_EQ(last.end->reason, DeadLetterClass::request_rejected);
    EXPECT_FALSE(last.pause);
}

TEST_F(TrialTest, AnUnreadableReplyIsTheDocumentsAfterASecondTry) {
    EXPECT_FALSE(fails(ReplyClass::malformed_reply).end);
    others_are_answered();
    const Decision second = fails(ReplyClass::malformed_reply);
    ASSERT_TRUE(second.end);
    EXPECT_EQ(second.end->reason, DeadLetterClass::invalid_answer);
}

TEST_F(TrialTest, AWrongKeyPausesAtOnceAndEndsNobody) {
    for (const auto reply : {ReplyClass::unauthorized, ReplyClass::model_missing, ReplyClass::out_of_money}) {
        for (int i = 0; i < 100; ++i) {
            const Decision decision = fails(reply);
            ASSERT_FALSE(decision.end);
            ASSERT_EQ(decision.pause, PauseCause::person);
        }
    }
    EXPECT_EQ(effort.attempts, 0U);
}

TEST_F(TrialTest, AWrongKeyForOneDocumentAloneDoesNotPauseTheOthersForEver) {
    std::optional<Unanswered> end;
    int pauses = 0;
    for (int i = 0; i < 10 && !end; ++i) {
        const Decision decision = fails(ReplyClass::unauthorized);
        pauses += decision.pause ? 1 : 0;
        end = decision.end;
        others_are_answered();
    }
    ASSERT_TRUE(end);
    EXPECT_EQ(end->reason, DeadLetterClass::request_rejected);
    EXPECT_EQ(pauses, 1);
}

TEST_F(TrialTest, ADocumentsOwnFaultEndsItAtOnceAndProvesNothingAboutOthers) {
    const Decision decision = fails(ReplyClass::context_length);
    ASSERT_TRUE(decision.end);
    EXPECT_EQ(decision.end->reason, DeadLetterClass::context_length);
    EXPECT_FALSE(health.ever_answered());
}

/// Whose turn it is after a failed call, by its reply, by whether others were accepted since, and by whether it was
/// charged a whole minute's tokens.
struct Turned {
    ReplyClass reply;
    bool others_accepted;
    bool whole_minute;
    Turn turn;
};
class TurnAfterAFailure : public TrialTest, public ::testing::WithParamInterface<Turned> {};

TEST_P(TurnAfterAFailure, Is) {
    whole_minute = GetParam().whole_minute;
    static_cast<void>(fails(GetParam().reply));
    if (GetParam().others_accepted) others_are_answered();
    EXPECT_EQ(trial.turn(health), GetParam().turn);
}

INSTANTIATE_TEST_SUITE_P(Table, TurnAfterAFailure,
                         ::testing::Values(Turned{ReplyClass::overloaded, false, false, Turn::again},
                                           Turned{ReplyClass::overloaded, true, false, Turn::again},
                                           Turned{ReplyClass::overloaded, false, true, Turn::fresh},
                                           Turned{ReplyClass::throttled, false, false, Turn::again},
                                           Turned{ReplyClass::throttled, true, true, Turn::fresh},
                                           Turned{ReplyClass::local_limit, false, false, Turn::again},
                                           Turned{ReplyClass::rejected, false, false, Turn::suspect},
                                           Turned{ReplyClass::rejected, true, false, Turn::again},
                                           Turned{ReplyClass::rejected, false, true, Turn::suspect},
                                           Turned{ReplyClass::rejected, true, true, Turn::fresh},
                                           Turned{ReplyClass::forbidden, false, false, Turn::suspect},
                                           Turned{ReplyClass::malformed_reply, true, false, Turn::again},
                                           Turned{ReplyClass::unauthorized, false, false, Turn::suspect},
                                           Turned{ReplyClass::model_missing, true, false, Turn::again}));

TEST_F(TrialTest, ADocumentEndsWithTheProvidersWordsAboutItsLastFailure) {
    llm::CallFailure refused = failure(llm::ReplyClass::rejected);
    refused.said = "the first";
    EXPECT_FALSE(fails(refused).end);
    others_are_answered();
    refused.said = "the last";
    const Decision last = fails(refused);
    ASSERT_TRUE(last.end);
    EXPECT_EQ(last.end->said, "the last");
    EXPECT_EQ(last.end->message.find("the last one: the"), std::string::npos) << last.end->message;
}

TEST_F(TrialTest, WhatOnlyTheConfigurationCanChangePausesAtOnceAndIsNoDocumentsEnd) {
    llm::CallFailure refused = failure(llm::ReplyClass::rejected, "foo");
    refused.key = "llm.extra.foo";
    const Decision first = fails(refused);
    EXPECT_EQ(first.pause, PauseCause::person);
    EXPECT_FALSE(first.end);
    for (int i = 0; i < 50; ++i) {
        others_are_answered();
        EXPECT_FALSE(fails(refused).end) << "one of several servers refuses it";
    }
    EXPECT_EQ(effort.attempts, 0U);
}

}  // namespace
}  // namespace prelabel::pipeline
