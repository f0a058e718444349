#include <prelabel/pipeline/trial.hpp>

#include <algorithm>
#include <array>

#include <gtest/gtest.h>

namespace prelabel::pipeline {
namespace {

using namespace std::chrono_literals;
using llm::ReplyClass;

llm::CallFailure failure(ReplyClass reply, std::string parameter = {}) {
    llm::CallFailure failure;
    failure.reply = reply;
    failure.message = "no";
    failure.parameter = std::move(parameter);
    return failure;
}

/// One document's trial, and others whose calls work or not.
class TrialTest : public ::testing::Test {
protected:
    void others_are_answered() {
        now += 1ms;
        health.answered(now, now + 1ms);
        now += 2ms;
    }
    /// Others are asked and answered while this document's call is under way.
    Decision fails_while_others_are_answered(ReplyClass reply) {
        const TimePoint sent = now;
        others_are_answered();
        ++effort.calls;
        Decision decision = trial.failed(failure(reply), sent, now, effort, {policy, health, rng, last_documents});
        now += decision.wait;
        return decision;
    }
    Decision fails(const llm::CallFailure& with) {
        const TimePoint sent = now;
        now += 100ms;
        ++effort.calls;
        Decision decision = trial.failed(with, sent, now, effort, {policy, health, rng, last_documents});
        now += decision.wait;
        return decision;
    }
    Decision fails(ReplyClass reply) { return fails(failure(reply)); }
    void others_are_refused(std::size_t how_many) {
        for (std::size_t i = 0; i < how_many; ++i) health.refused(1'000 + i, now);
    }

    flow::RetryPolicy policy{3, 10min};
    flow::EndpointHealth health;
    flow::Effort effort;
    Rng rng{1};
    Trial trial{1};
    TimePoint now = TimePoint{} + 1h;
    bool last_documents = false;
};

TEST_F(TrialTest, WhatTimeHealsCountsAsAnAttemptOnlyWhileOthersAreAnswered) {
    for (int i = 0; i < 50; ++i) EXPECT_FALSE(fails(ReplyClass::overloaded).end) << "nobody is answered";
    EXPECT_EQ(effort.attempts, 0U);
    std::optional<Failure> end;
    for (int i = 0; i < 3; ++i) {
        EXPECT_FALSE(end);
        end = fails_while_others_are_answered(ReplyClass::overloaded).end;
    }
    ASSERT_TRUE(end);
    EXPECT_EQ(end->reason, DeadLetterClass::deadline);
    EXPECT_EQ(end->attempts, 53U);
    EXPECT_EQ(effort.attempts, 3U);
}

TEST_F(TrialTest, AnAnswerThatComesLateStillShowsWhoseFaultItWas) {
    const TimePoint sent = now + 50ms;  // while the first call was under way
    EXPECT_FALSE(fails(ReplyClass::overloaded).end);
    EXPECT_EQ(effort.attempts, 0U);
    now += 20s;
    health.answered(sent, now);
    EXPECT_FALSE(fails(ReplyClass::overloaded).end);
    EXPECT_EQ(effort.attempts, 1U) << "the first; nothing that was sent since has been answered";
}

TEST_F(TrialTest, AnswersToCallsFromBeforeAnOutageProveNothing) {
    const TimePoint before = now - 1ms;
    for (std::uint64_t i = 0; i < 3; ++i) health.failed(100 + i, now);
    for (int i = 0; i < 50; ++i) {
        health.answered(before, now);
        for (std::uint64_t other = 0; other < 3; ++other) health.failed(100 + other, now);
        ASSERT_FALSE(fails(ReplyClass::overloaded).end);
    }
    EXPECT_EQ(effort.attempts, 0U);
}

TEST_F(TrialTest, AnOutageCostsNoTimeEither) {
    for (int i = 0; i < 3; ++i) health.failed(100 + static_cast<std::uint64_t>(i), now);
    for (int i = 0; i < 200; ++i) ASSERT_FALSE(fails(ReplyClass::connection).end);
    EXPECT_EQ(effort.time, Duration{});
}

TEST_F(TrialTest, ADocumentThatFailsAloneEndsWhenItsOwnTimeIsUsedUp) {
    others_are_answered();
    const TimePoint began = now;
    std::optional<Failure> end;
    while (!end) end = fails(ReplyClass::overloaded).end;
    EXPECT_EQ(end->reason, DeadLetterClass::deadline);
    EXPECT_GT(now - began, 9min);
    EXPECT_LT(now - began, 11min);
}

TEST_F(TrialTest, DocumentsThatFailedWhileOthersWereAnsweredSayNothingAgainstTheEndpoint) {
    std::array<Trial, 4> trials{Trial(1), Trial(2), Trial(3), Trial(4)};
    std::array<flow::Effort, 4> efforts{};
    std::array<bool, 4> ended{};
    const auto fails_once = [&](std::size_t which) {
        return trials[which].failed(failure(ReplyClass::overloaded), now - 1ms, now, efforts[which],
                                    {policy, health, rng, last_documents});
    };
    for (std::size_t i = 0; i < trials.size(); ++i) {
        now += 1s;
        health.answered(now, now);
        static_cast<void>(fails_once(i));
        EXPECT_EQ(efforts[i].attempts, 1U);
    }
    // The rest of what may be read is done: nobody else will be asked before one of these ends.
    const TimePoint began = now;
    for (; now - began < 20min; now += 8s) {
        for (std::size_t i = 0; i < trials.size(); ++i) {
            if (ended[i]) continue;
            const Decision decision = fails_once(i);
            ASSERT_FALSE(decision.pause);
            ended[i] = decision.end.has_value();
        }
    }
    EXPECT_EQ(std::ranges::count(ended, true), 4);
}

TEST_F(TrialTest, TheLastDocumentOfAFileEndsWithinAMinute) {
    others_are_answered();
    last_documents = true;
    const TimePoint began = now;
    std::optional<Failure> end;
    while (!end) end = fails(ReplyClass::overloaded).end;
    EXPECT_LT(now - began, 75s);
}

TEST_F(TrialTest, WhatTheProviderAskedItToWaitIsNotItsOwnTime) {
    others_are_answered();
    auto asks = failure(ReplyClass::overloaded);
    asks.retry_after = 5min;
    for (int i = 0; i < 20; ++i) ASSERT_FALSE(fails(asks).end);
    EXPECT_LE(effort.time, 20 * 100ms);
}

TEST_F(TrialTest, A429CostsNeitherAttemptsNorTime) {
    for (int i = 0; i < 1'000; ++i) ASSERT_FALSE(fails(ReplyClass::throttled).end);
    EXPECT_EQ(effort.attempts, 0U);
    EXPECT_EQ(effort.time, Duration{});
}

TEST_F(TrialTest, ADocumentThatIsThrottledTwentyTimesWhileOthersAreAnsweredNeverFits) {
    std::optional<Failure> end;
    int calls = 0;
    while (!end && calls < 100) {
        others_are_answered();
        end = fails(ReplyClass::throttled).end;
        ++calls;
    }
    EXPECT_EQ(calls, 21);
    EXPECT_EQ(end->reason, DeadLetterClass::request_rejected);
}

TEST_F(TrialTest, ALimitOfThisMachineIsNobodysFault) {
    others_are_answered();
    for (int i = 0; i < 100; ++i) {
        others_are_answered();
        const Decision decision = fails(ReplyClass::local_limit);
        ASSERT_FALSE(decision.end);
        ASSERT_FALSE(decision.pause);
    }
    EXPECT_EQ(effort.attempts, 0U);
}

TEST_F(TrialTest, ARefusalIsTheDocumentsWhenOthersAreAcceptedAfterIt) {
    const Decision first = fails(ReplyClass::rejected);
    EXPECT_FALSE(first.end);
    EXPECT_FALSE(first.pause);
    EXPECT_EQ(first.turn, Turn::suspect);
    others_are_answered();
    EXPECT_TRUE(trial.others_accepted(health));
    const Decision second = fails(ReplyClass::rejected);
    ASSERT_TRUE(second.end);
    EXPECT_EQ(second.end->reason, DeadLetterClass::request_rejected);
    EXPECT_EQ(second.end->attempts, 2U);
}

TEST_F(TrialTest, AnAnswerThatComesAfterTheSecondRefusalStillShowsWhoseFaultItWas) {
    others_are_answered();
    EXPECT_FALSE(fails(ReplyClass::rejected).end);
    const TimePoint sent = now;  // by somebody else, after the first refusal
    EXPECT_FALSE(fails(ReplyClass::rejected).end);
    health.answered(sent, now);
    EXPECT_TRUE(trial.others_accepted(health));
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
    EXPECT_FALSE(trial.others_accepted(health));
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
    std::optional<Failure> end;
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
    std::optional<Failure> end;
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

}  // namespace
}  // namespace prelabel::pipeline
