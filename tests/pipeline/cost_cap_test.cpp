#include "service_world.hpp"

#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace prelabel::pipeline {
namespace {

using namespace std::chrono_literals;

/// A call is answered after 200 ms and costs 10 cents; it could cost 10 dollars, and its bytes.
class CostCap : public testing::Test {
protected:
    CostCap() {
        world.price = {.input_per_mtok = 0, .output_per_mtok = 10'000};
        world.max_output_tokens = 1'000;
        world.provider.reply = [](const std::string&, TimePoint) {
            return FakeProvider::Reply{FakeProvider::answer()};
        };
    }
    void cap(double usd) { world.settings.cost_max_usd = usd; }
    [[nodiscard]] std::size_t abandoned() const {
        return static_cast<std::size_t>(std::ranges::count_if(world.documents, [](const auto& document) {
            return *document.got && std::holds_alternative<Abandoned>(**document.got);
        }));
    }

    ServiceWorld world;
};

TEST_F(CostCap, CallsThatFitGoAtOnce) {
    cap(30);
    world.ask_many(3);
    EXPECT_EQ(world.provider.in_flight, 3U);
    world.loop.advance(1s);
    EXPECT_EQ(world.answered(), 3U);
    EXPECT_DOUBLE_EQ(world.stats.usage.cost_usd, 0.3);
    EXPECT_EQ(world.stats.waits[WaitReason::cost], 0U);
    EXPECT_TRUE(world.heard<SpentUp>().empty());
}

TEST_F(CostCap, ACallThatCouldCostTooMuchWaitsForThoseUnderWay) {
    cap(20.5);
    world.ask_many(5);
    EXPECT_EQ(world.provider.in_flight, 2U);
    world.loop.advance(10s);
    EXPECT_EQ(world.answered(), 5U);
    EXPECT_EQ(world.stats.waits[WaitReason::cost], 3U);
    EXPECT_NEAR(world.stats.wait_seconds[WaitReason::cost], 0.2 + 0.2 + 0.4, 1e-6);
    EXPECT_TRUE(world.heard<SpentUp>().empty());
}

TEST_F(CostCap, WhenTheNextOneDoesNotFitAndNothingIsUnderWayAllEnds) {
    cap(10.35);
    world.ask_many(100);
    world.loop.advance(60s);
    EXPECT_EQ(world.answered(), 4U) << "0.4 dollars are paid, and 10 more do not fit";
    EXPECT_EQ(abandoned(), 96U);
    EXPECT_EQ(world.heard<SpentUp>().size(), 1U);
    EXPECT_TRUE(world.stats.spent_up);
    EXPECT_EQ(world.provider.calls.size(), 4U);
    world.ask("later");
    world.loop.advance(60s);
    EXPECT_EQ(world.provider.calls.size(), 4U) << "after the end nothing goes";
    EXPECT_EQ(world.heard<SpentUp>().size(), 1U);
}

TEST_F(CostCap, ACallThatNeverFitsEndsItAtOnce) {
    cap(9.99);
    world.ask("any");
    world.loop.advance(1s);
    EXPECT_EQ(abandoned(), 1U);
    EXPECT_TRUE(world.provider.calls.empty());
    EXPECT_EQ(world.heard<SpentUp>().size(), 1U);
    EXPECT_GE(world.stats.next_call_usd_max, 10);
    EXPECT_LT(world.stats.next_call_usd_max, 10.1);
}

TEST_F(CostCap, AFailedCallIsFree) {
    cap(10.05);
    int calls = 0;
    world.provider.reply = [&](const std::string&, TimePoint) {
        if (++calls <= 2) return FakeProvider::Reply{FakeProvider::failure(llm::ReplyClass::overloaded)};
        return FakeProvider::Reply{FakeProvider::answer()};
    };
    world.ask("any");
    world.loop.advance(60s);
    EXPECT_EQ(world.answered(), 1U);
}

TEST_F(CostCap, AnAnswerWithoutTokenCountsIsTakenForTheMostThatItCanCost) {
    cap(20.5);
    world.provider.reply = [](const std::string&, TimePoint) {
        return FakeProvider::Reply{FakeProvider::uncounted_answer()};
    };
    world.ask_many(500);
    world.loop.advance(600s);
    EXPECT_EQ(world.provider.calls.size(), 2U) << "each could cost ten dollars, and nobody says that it did not";
    EXPECT_EQ(world.answered(), 2U);
    EXPECT_EQ(world.heard<SpentUp>().size(), 1U);
    EXPECT_EQ(world.stats.usage.uncounted, 2U);
}

TEST_F(CostCap, AReplyWithoutAnAnswerIsPaidAsFarAsItCountsTokens) {
    cap(10.35);
    world.provider.reply = [](const std::string&, TimePoint) {
        return FakeProvider::Reply{FakeProvider::charged_failure()};
    };
    world.ask("any");
    world.loop.advance(600s);
    EXPECT_EQ(world.provider.calls.size(), 4U) << "0.4 dollars are paid, and 10 more do not fit";
    EXPECT_NEAR(world.stats.usage.cost_usd, 0.4, 1e-9);
    EXPECT_EQ(world.stats.usage.requests, 4U);
    EXPECT_EQ(world.heard<SpentUp>().size(), 1U);
}

TEST_F(CostCap, WaitingForMoneyIsNotTheDocumentsOwnTime) {
    cap(10.95);
    world.settings.retry.deadline = 5s;
    int calls = 0;
    world.provider.reply = [&](const std::string&, TimePoint) {
        if (++calls == 2) return FakeProvider::Reply{FakeProvider::failure(llm::ReplyClass::overloaded), 100ms};
        return FakeProvider::Reply{FakeProvider::answer(), calls == 1 ? Duration(30s) : Duration(100ms)};
    };
    world.ask("long");
    world.ask("waits, fails and is answered");
    world.loop.advance(20s);
    EXPECT_EQ(world.provider.calls.size(), 1U);
    world.loop.advance(20s);
    EXPECT_EQ(world.answered(), 2U);
}

TEST_F(CostCap, WhoWaitedForMoneyIsAskedInTheShapeAndAtTheTimeThatOthersTaught) {
    cap(10.5);
    world.model.temperature = 0;
    int calls = 0;
    world.provider.reply = [&](const std::string&, TimePoint) {
        switch (++calls) {
            case 1:
                return FakeProvider::Reply{FakeProvider::failure(llm::ReplyClass::rejected, {}, "temperature")};
            case 2:
                return FakeProvider::Reply{FakeProvider::failure(llm::ReplyClass::throttled, 3s)};
            default:
                return FakeProvider::Reply{FakeProvider::answer()};
        }
    };
    world.ask_many(3);
    world.loop.advance(2s);
    ASSERT_EQ(world.provider.calls.size(), 2U);
    world.loop.advance(10s);
    EXPECT_EQ(world.answered(), 3U);
    EXPECT_EQ(world.stats.shape_refusals, 1U) << "nobody is refused for what is known by then";
    EXPECT_GE(world.provider.calls[2].at - world.provider.calls[1].at, 3s);
}

}  // namespace
}  // namespace prelabel::pipeline
