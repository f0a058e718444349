#include "service_world.hpp"

#include <gtest/gtest.h>

namespace prelabel::pipeline {
namespace {

using namespace std::chrono_literals;
using llm::ReplyClass;

bool is(const std::string& body, const char* name) { return body.starts_with(name); }

TEST(AnswerService, WaitsForTheQuotaCostADocumentNothing) {
    Settings settings;
    settings.limits = {60, 0, 512};
    settings.retry.deadline = 1min;
    ServiceWorld world(settings);
    int calls = 0;
    world.provider.reply = [&](const std::string&, TimePoint) -> FakeProvider::Reply {
        return {++calls % 20 == 0 ? FakeProvider::failure(ReplyClass::overloaded) : FakeProvider::answer()};
    };
    world.ask_many(600);  // ten minutes of quota
    world.loop.advance(11min);
    EXPECT_EQ(world.answered(), 600U);
    EXPECT_EQ(world.failed(), 0U);
}

TEST(AnswerService, ADueRetryGoesBeforeEverybodyWhoIsNew) {
    Settings settings;
    settings.limits = {60, 0, 512};
    ServiceWorld world(settings);
    world.provider.reply = [&](const std::string& body, TimePoint) -> FakeProvider::Reply {
        const bool first = is(body, "document 0") && world.provider.calls_for(body) == 0;
        return {first ? FakeProvider::failure(ReplyClass::overloaded) : FakeProvider::answer()};
    };
    world.ask_many(100);
    world.loop.advance(5s);
    EXPECT_TRUE(world.documents.front().answered()) << "95 new documents wait";
    EXPECT_GT(world.waiting(), 90U);
}

TEST(AnswerService, ADocumentOfMoreThanAMinutesTokensLetsOthersGoBetweenItsTriesAndEnds) {
    Settings settings;
    settings.limits = {0, 60'000, 64};
    ServiceWorld world(settings);
    world.provider.reply = [&](const std::string& body, TimePoint) -> FakeProvider::Reply {
        return {is(body, "huge") ? FakeProvider::failure(ReplyClass::throttled) : FakeProvider::answer()};
    };
    const std::string huge = "huge" + std::string(600'000, ' ');
    const auto& document = world.ask(huge);
    world.ask_many(15);
    world.loop.advance(2min);
    EXPECT_EQ(world.answered(), 15U) << "it waits for its second minute behind them";
    world.loop.advance(10min);
    ASSERT_TRUE(document.failure());
    EXPECT_EQ(document.failure()->reason, DeadLetterClass::context_length);
    EXPECT_EQ(world.provider.calls_for(huge), 3U);
}

TEST(AnswerService, A429LosesNobodyHoweverLongItLasts) {
    Settings settings;
    settings.retry.max_attempts = 2;
    settings.retry.deadline = 1min;
    ServiceWorld world(settings);
    const TimePoint until = world.loop.now() + 1h;
    world.provider.reply = [&](const std::string&, TimePoint now) -> FakeProvider::Reply {
        return {now < until ? FakeProvider::failure(ReplyClass::throttled, 600s) : FakeProvider::answer()};
    };
    world.ask_many(500);
    world.loop.advance(59min);
    EXPECT_EQ(world.failed(), 0U);
    EXPECT_LE(world.provider.calls.size(), 500U + 6) << "each hold ends with one call, not with everybody's";
    world.loop.advance(20min);
    EXPECT_EQ(world.answered(), 500U);
}

TEST(AnswerService, SaysOnceThatARateIsLearned) {
    ServiceWorld world;
    world.provider.reply = [&](const std::string& body, TimePoint) -> FakeProvider::Reply {
        const bool first = world.provider.calls_for(body) == 0;
        return {first ? FakeProvider::failure(ReplyClass::throttled) : FakeProvider::answer()};
    };
    world.ask_many(100);
    world.loop.advance(10min);
    EXPECT_EQ(world.answered(), 100U);
    EXPECT_EQ(world.heard<Learned>().size(), 1U);
}

/// An outage of `length`, with `at_once` documents under way, costs no document its attempts.
void survive_an_outage(std::size_t at_once, std::uint32_t max_attempts, Duration length) {
    Settings settings;
    settings.retry.max_attempts = max_attempts;
    settings.limits.max_in_flight = at_once;
    ServiceWorld world(settings);
    const TimePoint from = world.loop.now() + 10s;
    world.provider.reply = [&](const std::string&, TimePoint now) -> FakeProvider::Reply {
        const bool out = now >= from && now < from + length;
        return {out ? FakeProvider::failure(ReplyClass::connection) : FakeProvider::answer(), out ? 5ms : 300ms};
    };
    world.ask_many(at_once * 100);
    world.loop.advance(length + 10min);
    EXPECT_EQ(world.failed(), 0U) << at_once << " at once, " << max_attempts << " attempts";
    EXPECT_EQ(world.answered(), at_once * 100);
}

TEST(AnswerService, AnOutageUsesUpNoAttempts) {
    for (const std::size_t at_once : {1U, 2U, 8U, 64U}) {
        for (const std::uint32_t max_attempts : {2U, 3U, 6U}) {
            survive_an_outage(at_once, max_attempts, 3s);
            survive_an_outage(at_once, max_attempts, 13s);
            survive_an_outage(at_once, max_attempts, 5min);
        }
    }
}

TEST(AnswerService, APoisonedDocumentEndsAfterItsAttemptsAndPausesNobody) {
    ServiceWorld world;
    world.provider.reply = [&](const std::string& body, TimePoint) -> FakeProvider::Reply {
        return {is(body, "poison") ? FakeProvider::failure(ReplyClass::overloaded) : FakeProvider::answer()};
    };
    auto& poison = world.ask("poison");
    for (int i = 0; i < 100; ++i) {
        world.ask("document " + std::to_string(i));
        world.loop.advance(1s);
    }
    ASSERT_TRUE(poison.failure());
    EXPECT_EQ(poison.failure()->reason, DeadLetterClass::deadline);
    EXPECT_EQ(poison.effort.attempts, world.settings.retry.max_attempts);
    EXPECT_EQ(world.answered(), 100U);
    EXPECT_TRUE(world.heard<Paused>().empty());
}

TEST(AnswerService, ForgetsWhatWasJudgedUnusable) {
    ServiceWorld world;
    world.provider.reply = [&](const std::string&, TimePoint) -> FakeProvider::Reply {
        return {FakeProvider::answer("bad")};
    };
    auto& first = world.ask("document");
    world.loop.advance(1s);
    world.service().forget(std::get<Answered>(**first.got).key);
    world.ask("document");
    world.loop.advance(1s);
    EXPECT_EQ(world.provider.calls.size(), 2U);
}

TEST(AnswerService, KeepsNoRefusalNoFilteredAndNoCutAnswer) {
    using llm::FinishReason;
    for (const auto finish : {FinishReason::refusal, FinishReason::content_filter, FinishReason::length}) {
        ServiceWorld world;
        world.provider.reply = [&](const std::string&, TimePoint) -> FakeProvider::Reply {
            return {FakeProvider::answer("{}", finish)};
        };
        for (int i = 0; i < 2; ++i) {
            EXPECT_TRUE(world.documents.empty() || world.documents.back().answered());
            world.ask("document");
            world.loop.advance(1s);
        }
        EXPECT_EQ(world.provider.calls.size(), 2U);
        EXPECT_TRUE(world.store.answers.empty());
    }
}

TEST(AnswerService, AFollowerOfAFailedLeaderStartsWithAttemptsOfItsOwn) {
    ServiceWorld world;
    world.settings.retry.max_attempts = 2;
    std::size_t failures = 3;
    world.provider.reply = [&](const std::string& body, TimePoint) -> FakeProvider::Reply {
        const bool fails = is(body, "same") && failures > 0;
        if (fails) --failures;
        return {fails ? FakeProvider::failure(ReplyClass::overloaded) : FakeProvider::answer()};
    };
    auto& leader = world.ask("same");
    auto& follower = world.ask("same");
    for (int i = 0; i < 10; ++i) {
        world.ask("document " + std::to_string(i));
        world.loop.advance(500ms);
    }
    ASSERT_TRUE(leader.failure());
    EXPECT_TRUE(follower.answered());
    EXPECT_EQ(follower.effort.attempts, 0U);
    EXPECT_EQ(follower.effort.calls, 1U);
}

TEST(AnswerService, AFollowerOfAnAbandonedLeaderPaysItself) {
    ServiceWorld world;
    world.provider.reply = [&](const std::string&, TimePoint) -> FakeProvider::Reply {
        return {FakeProvider::failure(ReplyClass::overloaded)};
    };
    auto& leader = world.ask("same");
    const auto revoked = std::exchange(world.lease, std::make_shared<Lease>());
    auto& follower = world.ask("same");
    world.loop.advance(300ms);
    revoked->abandoned = true;
    world.admission().drop_leaving();
    world.provider.reply = [&](const std::string&, TimePoint) -> FakeProvider::Reply {
        return {FakeProvider::answer()};
    };
    world.loop.advance(10s);
    EXPECT_TRUE(std::holds_alternative<Abandoned>(**leader.got));
    EXPECT_TRUE(follower.answered());
}

TEST(AnswerService, CountsUsageThatCannotBeTrue) {
    ServiceWorld world;
    world.provider.reply = [&](const std::string&, TimePoint) -> FakeProvider::Reply {
        auto outcome = FakeProvider::answer();
        std::get<llm::Completion>(outcome).usage_malformed = true;
        return {std::move(outcome)};
    };
    world.ask("document");
    world.loop.advance(1s);
    EXPECT_EQ(world.stats.malformed_usage, 1U);
}

TEST(AnswerService, CountsAnswersWhoseTokensNobodyCounted) {
    ServiceWorld world;
    world.price = {.input_per_mtok = 1, .output_per_mtok = 2};
    bool counts = true;
    world.provider.reply = [&](const std::string&, TimePoint) -> FakeProvider::Reply {
        return {std::exchange(counts, !counts) ? FakeProvider::answer() : FakeProvider::uncounted_answer()};
    };
    world.ask_many(4);
    world.loop.advance(1s);
    EXPECT_EQ(world.stats.usage.requests, 4U);
    EXPECT_EQ(world.stats.usage.uncounted, 2U);
    EXPECT_NEAR(world.stats.usage.cost_usd, 2 * 0.00012, 1e-12) << "what is known";
    EXPECT_EQ(world.stats.malformed_usage, 0U);
}

TEST(AnswerService, ADocumentPaysForRepliesToItThatHoldNoAnswer) {
    ServiceWorld world;
    world.price = {.input_per_mtok = 1, .output_per_mtok = 2};
    std::size_t calls = 0;
    world.provider.reply = [&](const std::string&, TimePoint) -> FakeProvider::Reply {
        return {++calls <= 2 ? FakeProvider::charged_failure() : FakeProvider::answer()};
    };
    const auto& first = world.ask("document");
    const auto& follower = world.ask("document");
    world.loop.advance(60s);
    ASSERT_TRUE(first.answered());
    EXPECT_EQ(std::get<Answered>(**first.got).completion.usage, world.stats.usage);
    EXPECT_EQ(world.stats.usage.requests, 3U);
    EXPECT_EQ(world.stats.usage.input_tokens, 300U);
    EXPECT_NEAR(world.stats.usage.cost_usd, 3 * 0.00012, 1e-12);
    ASSERT_TRUE(follower.answered());
    EXPECT_EQ(std::get<Answered>(**follower.got).completion.usage, llm::Usage{}) << "somebody else pays";
}

TEST(AnswerService, AFailureThatIsSharedIsPaidByOneDocument) {
    ServiceWorld world;
    world.price = {.input_per_mtok = 1, .output_per_mtok = 2};
    std::size_t calls = 0;
    world.provider.reply = [&](const std::string& text, TimePoint) -> FakeProvider::Reply {
        if (text == "another") return {FakeProvider::answer()};
        return {++calls == 1 ? FakeProvider::charged_failure()
                             : FakeProvider::failure(llm::ReplyClass::context_length)};
    };
    world.ask("another");
    world.loop.advance(1s);
    const auto& first = world.ask("document");
    const auto& follower = world.ask("document");
    world.loop.advance(60s);
    ASSERT_TRUE(first.failure());
    ASSERT_TRUE(follower.failure());
    EXPECT_NEAR(first.failure()->usage.cost_usd, 0.00012, 1e-12);
    EXPECT_EQ(follower.failure()->usage, llm::Usage{});
}

}  // namespace
}  // namespace prelabel::pipeline
