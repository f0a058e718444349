#include "trial_fixture.hpp"

#include <algorithm>
#include <array>

namespace prelabel::pipeline {
namespace {

using namespace std::chrono_literals;
using llm::ReplyClass;

TEST_F(TrialTest, WhatTimeHealsCountsAsAnAttemptOnlyWhileOthersAreAnswered) {
    for (int i = 0; i < 50; ++i) EXPECT_FALSE(fails(ReplyClass::overloaded).end) << "nobody is answered";
    EXPECT_EQ(effort.attempts, 0U);
    std::optional<Unanswered> end;
    for (int i = 0; i < 3; ++i) {
        EXPECT_FALSE(end);
        end = fails_while_others_are_answered(ReplyClass::overloaded).end;
    }
    ASSERT_TRUE(end);
    EXPECT_EQ(end->reason, DeadLetterClass::deadline);
    EXPECT_EQ(end->message.find("gave up after 53 calls"), 0U) << end->message;
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

TEST_F(TrialTest, WhatExplainsARefusalDoesNotExplainTheNextFailureToo) {
    ASSERT_FALSE(fails(ReplyClass::overloaded).end);
    others_are_answered();
    ASSERT_FALSE(fails(ReplyClass::forbidden).end);
    ASSERT_FALSE(fails(ReplyClass::connection).end);
    EXPECT_EQ(effort.attempts, 0U) << "nobody was answered while the first call was under way, nor since the refusal";
}

TEST_F(TrialTest, AnOutageCostsNoTimeEither) {
    for (int i = 0; i < 3; ++i) health.failed(100 + static_cast<std::uint64_t>(i), now);
    for (int i = 0; i < 200; ++i) ASSERT_FALSE(fails(ReplyClass::connection).end);
    EXPECT_EQ(effort.time, Duration{});
}

TEST_F(TrialTest, ADocumentThatFailsAloneEndsWhenItsOwnTimeIsUsedUp) {
    others_are_answered();
    const TimePoint began = now;
    std::optional<Unanswered> end;
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
        return trials[which].failed({failure(ReplyClass::overloaded), now - 1ms, now}, efforts[which], bench());
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
    std::optional<Unanswered> end;
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
    std::optional<Unanswered> end;
    int calls = 0;
    while (!end && calls < 100) {
        others_are_answered();
        end = fails(ReplyClass::throttled).end;
        ++calls;
    }
    EXPECT_EQ(calls, 21);
    EXPECT_EQ(end->reason, DeadLetterClass::request_rejected);
}

TEST_F(TrialTest, ARequestThatIsThrottledThreeTimesWithAMinutesTokensToItselfIsTooLarge) {
    for (int i = 0; i < 10; ++i) ASSERT_FALSE(fails(ReplyClass::throttled).end) << "others used the minute too";
    whole_minute = true;
    ASSERT_FALSE(fails(ReplyClass::throttled).end);
    ASSERT_FALSE(fails(ReplyClass::throttled).end);
    const auto end = fails(ReplyClass::throttled).end;
    ASSERT_TRUE(end);
    EXPECT_EQ(end->reason, DeadLetterClass::context_length);
    EXPECT_NE(end->message.find("larger than the limit of tokens a minute"), std::string::npos) << end->message;
}

TEST_F(TrialTest, TheLastDocumentOfAFileThatIsOnlyThrottledEndsAfterSomeMinutes) {
    others_are_answered();
    const TimePoint began = now;
    std::optional<Unanswered> end;
    for (int i = 0; i < 1'000; ++i, now += 1s) ASSERT_FALSE(fails(ReplyClass::throttled).end) << "others may come";
    last_documents = true;
    end = fails(ReplyClass::throttled).end;
    ASSERT_TRUE(end);
    EXPECT_EQ(end->reason, DeadLetterClass::request_rejected);
    EXPECT_GT(now - began, 5min);
}

TEST_F(TrialTest, AThrottledLastDocumentIsGivenTheTimeOfALimitAMinute) {
    others_are_answered();
    last_documents = true;
    const TimePoint began = now;
    while (!fails(ReplyClass::throttled).end) now += 1s;
    EXPECT_GE(now - began, 5min);
    EXPECT_LT(now - began, 6min);
}

TEST_F(TrialTest, DocumentsThatAreAllTooLongBeforeAnythingWasAnsweredNeedAPerson) {
    for (int i = 0; i < 15; ++i) {
        Trial one(static_cast<std::uint64_t>(i) + 100);
        const Decision decision = one.failed({failure(ReplyClass::context_length), now, now}, effort, bench());
        EXPECT_TRUE(decision.end);
        EXPECT_FALSE(decision.pause);
    }
    EXPECT_EQ(fails(ReplyClass::context_length).pause, PauseCause::person);
}

TEST_F(TrialTest, DocumentsThatAreTooLongAreNobodysFaultOnceAnythingWasAnswered) {
    others_are_answered();
    others_are_refused(60);
    const Decision decision = fails(ReplyClass::context_length);
    EXPECT_TRUE(decision.end);
    EXPECT_FALSE(decision.pause);
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

}  // namespace
}  // namespace prelabel::pipeline
