#include "service_world.hpp"

#include <prelabel/llm/remedy.hpp>

#include <gtest/gtest.h>

namespace prelabel::pipeline {
namespace {

using namespace std::chrono_literals;
using llm::ReplyClass;

bool is(const std::string& body, const char* name) { return body.starts_with(name); }

TEST(AnswerServicePause, ARequestThatIsRefusedForEverybodyPausesAndNamesTheParameter) {
    ServiceWorld world;
    bool fixed = false;
    world.provider.reply = [&](const std::string&, TimePoint) -> FakeProvider::Reply {
        return {fixed ? FakeProvider::answer() : FakeProvider::failure(ReplyClass::rejected, {}, "temperature"), 20ms};
    };
    world.ask_many(2'000);
    world.loop.advance(1h);
    EXPECT_EQ(world.failed(), 0U);
    EXPECT_LE(world.provider.calls.size(), 2 * 512U + 80) << "what was under way, then a probe now and then";
    const auto pauses = world.heard<Paused>();
    ASSERT_EQ(pauses.size(), 1U);
    EXPECT_EQ(pauses.front().cause, PauseCause::person);
    EXPECT_NE(pauses.front().reason.find("llm.temperature"), std::string::npos) << pauses.front().reason;
    fixed = true;
    world.loop.advance(10min);
    EXPECT_EQ(world.answered(), 2'000U);
}

TEST(AnswerServicePause, RefusedDocumentsAmongGoodOnesEndByThemselves) {
    for (const auto reply : {ReplyClass::rejected, ReplyClass::forbidden, ReplyClass::malformed_reply}) {
        for (const Duration answers_take : {Duration(50ms), Duration(10s)}) {
            ServiceWorld world;
            world.settings.limits.max_in_flight = 64;
            world.provider.reply = [&](const std::string& body, TimePoint) -> FakeProvider::Reply {
                if (is(body, "bad")) return {FakeProvider::failure(reply), 20ms};
                return {FakeProvider::answer(), answers_take};
            };
            world.ask_many(40, "bad ");
            world.ask_many(300, "good ");
            world.loop.advance(20min);
            EXPECT_EQ(world.failed(), 40U) << to_string(reply);
            EXPECT_EQ(world.answered(), 300U) << to_string(reply);
            EXPECT_TRUE(world.heard<Paused>().empty()) << to_string(reply);
            const std::size_t calls = reply == ReplyClass::forbidden ? 6 : 2;
            EXPECT_LE(world.provider.calls.size(), 300U + 40 * calls);
        }
    }
}

TEST(AnswerServicePause, FortyBadDocumentsInARowDelayTheOthersByNoPause) {
    ServiceWorld world;
    world.settings.limits.max_in_flight = 4;
    world.provider.reply = [&](const std::string& body, TimePoint) -> FakeProvider::Reply {
        return {is(body, "bad") ? FakeProvider::failure(ReplyClass::malformed_reply) : FakeProvider::answer(), 100ms};
    };
    world.ask("good first");
    world.ask_many(40, "bad ");
    world.ask_many(300, "good ");
    world.loop.advance(30s);
    EXPECT_EQ(world.answered(), 301U);
    EXPECT_EQ(world.failed(), 40U);
    EXPECT_TRUE(world.heard<Paused>().empty());
}

TEST(AnswerServicePause, OneForbiddenDocumentStopsNobody) {
    ServiceWorld world;
    world.provider.reply = [&](const std::string& body, TimePoint) -> FakeProvider::Reply {
        return {is(body, "moderated") ? FakeProvider::failure(ReplyClass::forbidden) : FakeProvider::answer()};
    };
    auto& moderated = world.ask("moderated");
    for (int i = 0; i < 60; ++i) {
        world.ask("document " + std::to_string(i));
        world.loop.advance(1s);
    }
    ASSERT_TRUE(moderated.failure());
    EXPECT_EQ(moderated.failure()->reason, DeadLetterClass::request_rejected);
    EXPECT_EQ(moderated.effort.attempts, world.settings.retry.max_attempts);
    EXPECT_EQ(world.answered(), 60U);
    EXPECT_TRUE(world.heard<Paused>().empty());
}

TEST(AnswerServicePause, AWrongKeyPausesAtOnceAndLosesNobody) {
    ServiceWorld world;
    world.provider.reply = [&](const std::string&, TimePoint) -> FakeProvider::Reply {
        return {FakeProvider::failure(ReplyClass::unauthorized)};
    };
    world.ask_many(1'000);
    world.loop.advance(1h);
    EXPECT_EQ(world.failed(), 0U);
    ASSERT_EQ(world.heard<Paused>().size(), 1U);
    EXPECT_EQ(world.heard<Paused>().front().cause, PauseCause::person);
    EXPECT_LE(world.provider.calls.size(), 512U + 80);
}

TEST(AnswerServicePause, AWrongAddressPausesWithItsKeyAndEndsNoDocumentAmongAnsweredOnes) {
    ServiceWorld world;
    world.settings.limits.max_in_flight = 32;
    llm::CallFailure lost;
    lost.reply = ReplyClass::model_missing;
    lost.message = "cannot resolve h: host not found";
    lost.key = "llm.base_url";
    lost.said = std::string(299, 'x') + "\xC3\xA9";
    bool back = false;
    world.provider.reply = [&](const std::string& body, TimePoint) -> FakeProvider::Reply {
        return {is(body, "bad") && !back ? llm::CallOutcome(lost) : FakeProvider::answer(), 100ms};
    };
    world.ask_many(10, "bad ");
    world.loop.advance(1min);
    ASSERT_EQ(world.heard<Paused>().size(), 1U);
    EXPECT_EQ(world.heard<Paused>().front().cause, PauseCause::person);
    EXPECT_EQ(world.heard<Paused>().front().reason, "cannot resolve h: host not found; check llm.base_url");
    EXPECT_EQ(world.heard<Paused>().front().said, std::string(299, 'x')) << "300 bytes, and no half character";
    world.ask_many(300, "good ");
    world.loop.advance(2h);
    EXPECT_EQ(world.failed(), 0U) << "of several addresses one has a wrong certificate, and no document is at fault";
    back = true;
    world.loop.advance(10min);
    EXPECT_EQ(world.answered(), 310U);
}

TEST(AnswerServicePause, APauseThatBeganAsAnOutageTellsWhenItNeedsAPerson) {
    ServiceWorld world;
    world.settings.limits.max_in_flight = 32;
    const TimePoint key_gone = world.loop.now() + 1min;
    world.provider.reply = [&](const std::string&, TimePoint now) -> FakeProvider::Reply {
        return {FakeProvider::failure(now < key_gone ? ReplyClass::overloaded : ReplyClass::unauthorized)};
    };
    world.ask_many(100);
    world.loop.advance(10min);
    const auto pauses = world.heard<Paused>();
    ASSERT_EQ(pauses.size(), 2U);
    EXPECT_EQ(pauses[0].cause, PauseCause::outage);
    EXPECT_EQ(pauses[1].cause, PauseCause::person);
}

/// Whatever a probe comes back with, another probe follows: no class of reply may leave the breaker half-open.
TEST(AnswerServicePause, EveryReplyToAProbeIsFollowedByAnotherProbeOrByWork) {
    for (const auto trouble : {ReplyClass::unauthorized, ReplyClass::overloaded}) {
        for (const auto probed : enum_values<ReplyClass>) {
            if (probed == ReplyClass::answered) continue;
            ServiceWorld world;
            world.settings.limits.max_in_flight = 32;
            bool paused = false;
            bool healed = false;
            world.provider.reply = [&](const std::string&, TimePoint) -> FakeProvider::Reply {
                if (healed) return {FakeProvider::answer()};
                return {FakeProvider::failure(paused ? probed : trouble), 5ms};
            };
            world.ask_many(100);
            while (!world.stats.paused) world.loop.advance(100ms);
            paused = true;
            world.loop.advance(3min);
            healed = true;
            world.loop.advance(15min);
            EXPECT_EQ(world.waiting(), 0U) << to_string(trouble) << ", then " << to_string(probed);
            const bool ends = llm::remedy(probed) == llm::Remedy::end_document;
            EXPECT_EQ(world.failed() > 0, ends) << to_string(trouble) << ", then " << to_string(probed);
        }
    }
}

}  // namespace
}  // namespace prelabel::pipeline
