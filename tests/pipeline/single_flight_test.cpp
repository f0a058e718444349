#include <prelabel/async/task_group.hpp>
#include <prelabel/pipeline/single_flight.hpp>

#include <optional>
#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace prelabel::pipeline {
namespace {

constexpr AnswerKey key{1, 2};
constexpr AnswerKey same_low_half{3, 2};

using Flights = SingleFlight<std::string>;
using Heard = std::vector<std::optional<std::string>>;

async::Coroutine<> follow(Flights& flights, Heard& heard) {
    auto result = co_await flights.follow(key);
    heard.push_back(std::move(result));
}

struct SingleFlightTest : testing::Test {
    void settle() {
        loop.restart();
        loop.poll();
    }
    boost::asio::io_context loop;
    async::TaskGroup followers{loop.get_executor()};
    Flights flights;
    Heard heard;
};

TEST_F(SingleFlightTest, HasOneLeaderAKey) {
    EXPECT_TRUE(flights.lead(key));
    EXPECT_FALSE(flights.lead(key));
    EXPECT_TRUE(flights.lead(same_low_half));
    flights.land(same_low_half, nullptr);
    EXPECT_FALSE(flights.lead(key));
    flights.land(key, nullptr);
}

TEST_F(SingleFlightTest, GivesEachFollowerACopyOfWhatTheLeaderGot) {
    ASSERT_TRUE(flights.lead(key));
    for (int i = 0; i < 3; ++i) followers.spawn(follow(flights, heard));
    settle();
    EXPECT_TRUE(heard.empty());
    const std::string result = "an answer that is too long for the small string optimisation";
    flights.land(key, &result);
    settle();
    EXPECT_EQ(heard, Heard(3, result));
    EXPECT_EQ(followers.running(), 0U);
}

TEST_F(SingleFlightTest, TellsFollowersThatTheLeaderLeftAndLetsTheNextLead) {
    ASSERT_TRUE(flights.lead(key));
    for (int i = 0; i < 2; ++i) followers.spawn(follow(flights, heard));
    settle();
    flights.land(key, nullptr);
    EXPECT_TRUE(flights.lead(key));
    settle();
    EXPECT_EQ(heard, Heard(2, std::nullopt));
    flights.land(key, nullptr);
}

TEST_F(SingleFlightTest, ForgetsAKeyThatHasLanded) {
    ASSERT_TRUE(flights.lead(key));
    const std::string result = "first";
    flights.land(key, &result);
    EXPECT_TRUE(flights.lead(key));
    EXPECT_DEATH(flights.land(same_low_half, nullptr), "only a leader lands");
    flights.land(key, nullptr);
}

}  // namespace
}  // namespace prelabel::pipeline
