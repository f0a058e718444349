#include <prelabel/base/redaction.hpp>
#include <prelabel/telemetry/log.hpp>

#include <limits>
#include <sstream>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidjson/document.h>

namespace prelabel::telemetry {
namespace {

using namespace std::chrono_literals;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::MatchesRegex;
using ::testing::Not;

class Logs : public ::testing::Test {
protected:
    std::vector<std::string> lines() const {
        std::vector<std::string> all;
        std::istringstream stream(out_.str());
        for (std::string line; std::getline(stream, line);) all.push_back(line);
        return all;
    }
    std::function<TimePoint()> clock() {
        return [this] { return now_; };
    }

    std::ostringstream out_;
    TimePoint now_{1h};
};

TEST_F(Logs, ReplaceSecretsInEveryTextAlsoInTheTroublesThatAreKept) {
    keep_secret("logged-9d\"17e2", "${LOGGED}");
    Log log({LogFormat::automatic, LogLevel::info}, out_, clock());
    log.error("kafka", {{"message", "rejected: logged-9d\"17e2"}, {"topic", "raw"}});
    EXPECT_THAT(lines().at(0), HasSubstr(R"("message":"rejected: ${LOGGED}","topic":"raw")"));
    EXPECT_EQ(log.recent_troubles().at(0).fields, R"({"message":"rejected: ${LOGGED}","topic":"raw"})");
}

TEST_F(Logs, WriteOneJsonObjectALine) {
    Log log({LogFormat::automatic, LogLevel::info}, out_, clock());
    log.info("worker_started", {{"version", "0.1.0"},
                                {"partitions", 3},
                                {"rate", 1.5},
                                {"draining", false},
                                {"big", ~0ULL},
                                {"odd", "a\"b\nc"},
                                {"name", std::string("x")},
                                {"nan", std::numeric_limits<double>::quiet_NaN()}});
    ASSERT_EQ(lines().size(), 1U);
    rapidjson::Document line;
    line.Parse(lines()[0].c_str());
    ASSERT_FALSE(line.HasParseError()) << lines()[0];
    EXPECT_THAT(line["ts"].GetString(), MatchesRegex("....-..-..T..:..:......Z"));
    EXPECT_STREQ(line["level"].GetString(), "info");
    EXPECT_STREQ(line["event"].GetString(), "worker_started");
    EXPECT_STREQ(line["version"].GetString(), "0.1.0");
    EXPECT_EQ(line["partitions"].GetInt(), 3);
    EXPECT_DOUBLE_EQ(line["rate"].GetDouble(), 1.5);
    EXPECT_FALSE(line["draining"].GetBool());
    EXPECT_EQ(line["big"].GetUint64(), ~0ULL);
    EXPECT_STREQ(line["odd"].GetString(), "a\"b\nc");
    EXPECT_STREQ(line["name"].GetString(), "x");
    EXPECT_TRUE(line["nan"].IsNull());
}

TEST_F(Logs, WriteOneReadableLineForPeople) {
    Log log({LogFormat::text, LogLevel::info}, out_, clock());
    log.warning("calls_paused", {{"reason", "wrong key"}, {"status", 401}, {"host", "kafka:9092"}});
    ASSERT_EQ(lines().size(), 1U);
    EXPECT_THAT(lines()[0], EndsWith("Z warning calls_paused reason=\"wrong key\" status=401 host=kafka:9092"));
    log.info("forged", {{"value", "a\nerror fake"}});
    EXPECT_EQ(lines().size(), 2U) << "a line break in a value must not begin a new line";
}

TEST_F(Logs, NeverTakeAMessageForAFormat) {
    Log log({LogFormat::text, LogLevel::info}, out_, clock());
    log.info("strange", {{"value", "{}%v%n{0}"}});
    EXPECT_THAT(out_.str(), HasSubstr("value={}%v%n{0}"));
}

TEST_F(Logs, LeaveOutWhatIsBelowTheLevel) {
    Log log({LogFormat::json, LogLevel::warning}, out_, clock());
    log.debug("a");
    log.info("b");
    EXPECT_EQ(lines().size(), 0U);
    log.warning("c");
    log.error("d");
    EXPECT_EQ(lines().size(), 2U);
}

TEST_F(Logs, SayHowOftenARepeatedEventWasLeftOut) {
    Log log({LogFormat::json, LogLevel::info}, out_, clock());
    for (int i = 0; i < 100; ++i) log.error("broker_error", {{"n", i}});
    log.info("another");
    EXPECT_EQ(lines().size(), 11U);
    now_ += 1s;
    log.error("broker_error", {{"n", 100}});
    log.error("broker_error", {{"n", 101}});
    ASSERT_EQ(lines().size(), 13U);
    EXPECT_THAT(lines()[11], HasSubstr("\"left_out\":90}"));
    EXPECT_THAT(lines()[12], Not(HasSubstr("left_out")));
}

TEST_F(Logs, RememberTheLastTroubles) {
    Log log({LogFormat::json, LogLevel::info}, out_, clock());
    log.info("fine");
    for (int i = 0; i < 30; ++i) log.warning("slow", {{"n", i}});
    const auto troubles = log.recent_troubles();
    ASSERT_EQ(troubles.size(), 20U);
    EXPECT_EQ(troubles.front().fields, "{\"n\":10}");
    EXPECT_EQ(troubles.back().fields, "{\"n\":29}") << "also those that were not printed";
    EXPECT_EQ(troubles.back().level, "warning");
    EXPECT_EQ(troubles.back().event, "slow");
}

}  // namespace
}  // namespace prelabel::telemetry
