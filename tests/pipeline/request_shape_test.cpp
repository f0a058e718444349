#include "service_world.hpp"

#include <prelabel/llm/request_shape.hpp>

#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace prelabel::pipeline {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

bool says(const std::string& body, const std::string& name) { return body.find('"' + name + '"') != std::string::npos; }

/// A provider that refuses the named members of a request, one after the other.
class Refusing {
public:
    Refusing(ServiceWorld& world, std::vector<std::string> refused) : world_(world), refused_(std::move(refused)) {
        world_.model.base_url = "http://server/v1";
        world_.model.temperature = 0;
        world_.model.seed = 7;
        world_.provider.reply = [this](const std::string&, TimePoint) -> FakeProvider::Reply {
            for (const auto& name : refused_) {
                if (!says(world_.provider.last_body, name)) continue;
                ++refusals[name];
                return {FakeProvider::failure(llm::ReplyClass::rejected, {}, name), 50ms};
            }
            return {FakeProvider::answer(), 200ms};
        };
    }
    Refusing(const Refusing&) = delete;
    Refusing& operator=(const Refusing&) = delete;

    std::map<std::string, int> refusals;

private:
    ServiceWorld& world_;
    std::vector<std::string> refused_;
};

TEST(RequestShapeOfAnEndpoint, OneRefusalTeachesItAndCostsNoDocumentAnything) {
    ServiceWorld world;
    world.first_call_alone = 2s;
    Refusing provider(world, {"temperature", "max_tokens", "response_format"});
    world.ask_many(100);
    world.loop.advance(10s);
    EXPECT_EQ(world.answered(), 100U);
    EXPECT_EQ(provider.refusals,
              (std::map<std::string, int>{{"temperature", 1}, {"max_tokens", 1}, {"response_format", 2}}))
        << "json_schema, then json_object";
    for (const auto& document : world.documents) EXPECT_EQ(document.effort.attempts, 0U);
    for (const auto& document : world.documents) EXPECT_EQ(document.effort.calls, 1U);
    EXPECT_EQ(world.heard<Learned>().size(), 4U) << "each is said once";
    EXPECT_THAT(world.heard<Learned>().front().message, HasSubstr("the model refuses temperature"));
    EXPECT_TRUE(world.heard<Paused>().empty());
    EXPECT_EQ(world.stats.shape_changes.size(), 4U);
    EXPECT_EQ(world.stats.shape_refusals, 4U);
    EXPECT_EQ(world.stats.retries, 0U);
    EXPECT_FALSE(says(world.provider.last_body, "temperature"));
    EXPECT_TRUE(says(world.provider.last_body, "seed"));
}

TEST(RequestShapeOfAnEndpoint, WhatWasUnderWayInTheOldShapeGoesAgain) {
    ServiceWorld world;
    Refusing provider(world, {"temperature"});
    world.ask_many(100);
    world.loop.advance(10s);
    EXPECT_EQ(world.answered(), 100U);
    EXPECT_EQ(provider.refusals["temperature"], 100) << "all were sent before the first was refused";
    EXPECT_EQ(world.heard<Learned>().size(), 1U);
    for (const auto& document : world.documents) EXPECT_EQ(document.effort.attempts, 0U);
    world.ask("one more");
    world.loop.advance(10s);
    EXPECT_EQ(provider.refusals["temperature"], 100);
}

TEST(RequestShapeOfAnEndpoint, ASlowFirstCallHoldsOthersBackForAMomentOnly) {
    ServiceWorld world;
    world.first_call_alone = 2s;
    world.provider.reply = [](const std::string&, TimePoint) {
        return FakeProvider::Reply{FakeProvider::answer(), 40s};
    };
    world.ask_many(10);
    world.loop.advance(1900ms);
    EXPECT_EQ(world.provider.calls.size(), 1U);
    world.loop.advance(200ms);
    EXPECT_EQ(world.provider.in_flight, 10U);
    world.loop.advance(60s);
    EXPECT_EQ(world.answered(), 10U);
}

TEST(RequestShapeOfAnEndpoint, OnceAnsweredNobodyWaitsForTheFirst) {
    ServiceWorld world;
    world.first_call_alone = 2s;
    world.provider.reply = [](const std::string&, TimePoint) {
        return FakeProvider::Reply{FakeProvider::answer(), 1s};
    };
    world.ask("first");
    world.loop.advance(1100ms);
    world.ask_many(10);
    world.loop.advance(10ms);
    EXPECT_EQ(world.provider.in_flight, 10U);
    world.loop.advance(10s);
}

TEST(RequestShapeOfAnEndpoint, The429sOfTheCallThatGoesAloneSayNothingOfHowManyMayFollow) {
    ServiceWorld world;
    world.first_call_alone = 2s;
    int calls = 0;
    world.provider.reply = [&](const std::string&, TimePoint) {
        if (++calls <= 4) return FakeProvider::Reply{FakeProvider::failure(llm::ReplyClass::throttled, 400ms)};
        return FakeProvider::Reply{FakeProvider::answer(), 10s};
    };
    world.ask_many(10);
    world.loop.advance(3s);
    EXPECT_EQ(world.provider.in_flight, 10U);
    EXPECT_EQ(world.stats.learned_in_flight, 0U);
    world.loop.advance(20s);
    EXPECT_EQ(world.answered(), 10U);
}

TEST(RequestShapeOfAnEndpoint, WhatOnlyAPersonCanChangePausesAtOnceAndNamesTheKey) {
    ServiceWorld world;
    world.first_call_alone = 2s;
    world.model.extra = {{"foo", "1"}};
    Refusing provider(world, {"foo"});
    world.ask_many(20);
    world.loop.advance(3s);
    ASSERT_EQ(world.heard<Paused>().size(), 1U);
    EXPECT_EQ(world.heard<Paused>()[0].cause, PauseCause::person);
    EXPECT_THAT(world.heard<Paused>()[0].reason, HasSubstr("llm.extra.foo"));
    world.loop.advance(30min);
    EXPECT_EQ(world.failed(), 0U) << "no document is at fault for what all requests say";
    EXPECT_EQ(world.waiting(), 20U);
}

// One of several servers behind an address refuses what the others take.
TEST(RequestShapeOfAnEndpoint, NoDocumentEndsForItAlthoughOthersAreAnswered) {
    ServiceWorld world;
    world.model.extra = {{"foo", "1"}};
    int calls = 0;
    world.provider.reply = [&](const std::string&, TimePoint) -> FakeProvider::Reply {
        if (++calls % 2 == 0) return {FakeProvider::failure(llm::ReplyClass::rejected, {}, "foo")};
        return {FakeProvider::answer()};
    };
    world.ask_many(200);
    world.loop.advance(2h);
    EXPECT_EQ(world.failed(), 0U);
    EXPECT_EQ(world.answered(), 200U);
}

TEST(RequestShapeOfAnEndpoint, AnEqualRequestIsPaidOnceWhateverWasLearnedMeanwhile) {
    ServiceWorld world;
    Refusing provider(world, {"temperature"});
    world.ask("same");
    world.loop.advance(60ms);  // refused, learned, sent again
    world.ask("same");
    world.loop.advance(10s);
    world.ask("same");
    world.loop.advance(10s);
    EXPECT_EQ(world.answered(), 3U);
    EXPECT_EQ(world.provider.calls_for("same"), 2U) << "the refused call and the paid one";
}

TEST(RequestShapeOfAnEndpoint, AProbeThatIsRefusedForItsShapeEndsAnOutage) {
    ServiceWorld world;
    Refusing provider(world, {"temperature"});
    const auto refuse = world.provider.reply;
    world.provider.reply = [&](const std::string&, TimePoint) -> FakeProvider::Reply {
        return {FakeProvider::failure(llm::ReplyClass::connection)};
    };
    world.ask_many(50);
    world.loop.advance(1min);
    EXPECT_EQ(world.heard<Paused>().size(), 1U);
    world.provider.reply = refuse;
    world.loop.advance(5min);
    EXPECT_EQ(world.answered(), 50U);
    EXPECT_EQ(world.heard<Resumed>().size(), 1U);
}

}  // namespace
}  // namespace prelabel::pipeline
