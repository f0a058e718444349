// Long: one fixture, and all that a log writes, leaves out and remembers
#include <prelabel/base/enum_names.hpp>
#include <prelabel/base/redaction.hpp>
#include <prelabel/telemetry/log.hpp>

#include <limits>
#include <sstream>
#include <string>
#include <thread>
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
    /// The last line as a JSON object, which it must be, in valid UTF-8.
    rapidjson::Document last() const {
        rapidjson::Document line;
        const auto all = lines();
        if (!all.empty()) line.Parse<rapidjson::kParseValidateEncodingFlag>(all.back().c_str(), all.back().size());
        EXPECT_TRUE(!line.HasParseError() && line.IsObject()) << (all.empty() ? "there is no line" : all.back());
        if (!line.IsObject()) line.SetObject();
        return line;
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
    const auto line = last();
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

TEST_F(Logs, AreJsonWhateverStandsInAText) {
    Log log({LogFormat::json, LogLevel::info}, out_, clock());
    for (int byte = 0; byte < 256; ++byte) {
        now_ += 1s;
        const std::string text = std::string("a") + static_cast<char>(byte) + "z";
        log.info("text", {{"value", text}, {"after", byte}});
        const auto line = last();
        ASSERT_TRUE(line.HasMember("value") && line.HasMember("after")) << byte;
        EXPECT_EQ(line["after"].GetInt(), byte) << "nothing breaks out of its field";
        EXPECT_EQ(std::string(line["value"].GetString(), line["value"].GetStringLength()),
                  byte < 128 ? text : "a\xEF\xBF\xBDz")
            << byte;
    }
    EXPECT_EQ(lines().size(), 256U);
}

TEST_F(Logs, KeepTextThatIsNotAscii) {
    for (const auto format : {LogFormat::json, LogFormat::text}) {
        Log log({format, LogLevel::info}, out_, clock());
        log.info("topic", {{"name", "запись-\xE2\x82\xAC"}});
        EXPECT_THAT(lines().back(), HasSubstr("запись-\xE2\x82\xAC"));
    }
}

TEST_F(Logs, ShowNumbersAsTheyAre) {
    Log log({LogFormat::json, LogLevel::info}, out_, clock());
    log.info("numbers", {{"least", std::numeric_limits<std::int64_t>::min()},
                         {"most", std::numeric_limits<std::uint64_t>::max()},
                         {"short", static_cast<short>(-3)},
                         {"size", std::size_t{4}},
                         {"float", 0.5F},
                         {"small", 1e-7},
                         {"infinite", -std::numeric_limits<double>::infinity()}});
    const auto line = last();
    EXPECT_EQ(line["least"].GetInt64(), std::numeric_limits<std::int64_t>::min());
    EXPECT_EQ(line["most"].GetUint64(), std::numeric_limits<std::uint64_t>::max());
    EXPECT_EQ(line["short"].GetInt(), -3);
    EXPECT_EQ(line["size"].GetInt(), 4);
    EXPECT_EQ(line["float"].GetDouble(), 0.5);
    EXPECT_EQ(line["small"].GetDouble(), 1e-7);
    EXPECT_TRUE(line["infinite"].IsNull()) << "JSON has no such number";
}

TEST_F(Logs, HaveTimeLevelAndEventFirst) {
    Log log({LogFormat::json, LogLevel::info}, out_, clock());
    log.info("draining");
    EXPECT_THAT(lines().at(0), MatchesRegex(R"re(.*"ts":"[^"]*","level":"info","event":"draining".)re"));
    EXPECT_EQ(last().MemberCount(), 3U);
    log.info("assigned", {{"partitions", "raw/0"}, {"again", true}});
    EXPECT_THAT(lines().at(1), EndsWith(R"("event":"assigned","partitions":"raw/0","again":true})"));
}

TEST_F(Logs, QuoteForPeopleWhatWouldBeReadWrongly) {
    Log log({LogFormat::text, LogLevel::info}, out_, clock());
    log.info("shown", {{"plain", "raw/0"},
                       {"empty", ""},
                       {"space", "a b"},
                       {"equals", "a=b"},
                       {"quote", "a\"b"},
                       {"back", "a\\b"},
                       {"tab", "a\tb"},
                       {"no", false},
                       {"colon:", "c"},
                       {"n", -1.5}});
    EXPECT_THAT(lines().at(0),
                EndsWith(" info shown plain=raw/0 empty=\"\" space=\"a b\" equals=\"a=b\" quote=\"a\\\"b\" "
                         "back=\"a\\\\b\" tab=\"a\\tb\" no=false colon:=c n=-1.5"));
}

TEST_F(Logs, ReplaceSecretsForPeopleToo) {
    keep_secret("readable-5d1c04", "${READABLE}");
    Log log({LogFormat::text, LogLevel::info}, out_, clock());
    log.warning("kafka", {{"message", "wrong key readable-5d1c04, not readable-5d1c04"}});
    EXPECT_THAT(lines().at(0), EndsWith("message=\"wrong key ${READABLE}, not ${READABLE}\""));
    log.debug("kafka", {{"message", "readable-5d1c04"}});
    EXPECT_THAT(out_.str(), Not(HasSubstr("5d1c04")));
}

TEST_F(Logs, LeaveOutWhatIsBelowTheLevel) {
    for (const auto least : enum_values<LogLevel>) {
        for (const auto format : {LogFormat::json, LogFormat::text}) {
            out_.str("");
            Log log({format, least}, out_, clock());
            log.debug("what_was_debug");
            log.info("what_was_info");
            log.warning("what_was_warning");
            log.error("what_was_error");
            for (const auto level : enum_values<LogLevel>) {
                const auto event = "what_was_" + std::string(to_string(level));
                EXPECT_EQ(out_.str().find(event) != std::string::npos, level >= least) << event << to_string(least);
            }
        }
    }
}

TEST_F(Logs, NeitherCountNorKeepWhatIsBelowTheLevel) {
    Log log({LogFormat::json, LogLevel::error}, out_, clock());
    for (int i = 0; i < 20; ++i) log.warning("kafka");
    log.error("kafka");
    EXPECT_EQ(lines().size(), 1U);
    EXPECT_THAT(out_.str(), Not(HasSubstr("left_out")));
    EXPECT_EQ(log.recent_troubles().size(), 1U);
}

TEST_F(Logs, SayTheLevelOfALineAsTheConfigurationDoes) {
    Log log({LogFormat::json, LogLevel::debug}, out_, clock());
    for (const auto level : enum_values<LogLevel>) {
        log.write(level, "levels");
        EXPECT_EQ(last()["level"].GetString(), to_string(level));
    }
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

TEST_F(Logs, CountTheLinesOfASecondFromItsFirst) {
    Log log({LogFormat::text, LogLevel::info}, out_, clock());
    log.info("kafka");
    now_ += 900ms;
    for (int i = 0; i < 20; ++i) log.info("kafka");
    EXPECT_EQ(lines().size(), 10U);
    now_ += 99ms;
    log.info("kafka");
    EXPECT_EQ(lines().size(), 10U) << "the second is not over";
    now_ += 1ms;
    log.info("kafka");
    EXPECT_THAT(lines().back(), EndsWith(" info kafka left_out=12"));
    now_ += 1h;
    log.info("kafka");
    EXPECT_THAT(lines().back(), EndsWith(" info kafka")) << "they were told";
}

TEST_F(Logs, LeaveNothingOutOfASlowStream) {
    Log log({LogFormat::text, LogLevel::info}, out_, clock());
    for (int i = 0; i < 100; ++i, now_ += 100ms) log.info("kafka");
    EXPECT_EQ(lines().size(), 100U);
    EXPECT_THAT(out_.str(), Not(HasSubstr("left_out")));
}

TEST_F(Logs, CountEachEventForItself) {
    Log log({LogFormat::json, LogLevel::info}, out_, clock());
    for (int i = 0; i < 50; ++i) {
        log.info("dead_letter");
        log.debug("below_the_level");
        if (i % 10 == 0) log.info("trouble");
    }
    EXPECT_EQ(lines().size(), 10U + 5U) << "a flood of one event hides no other";
}

TEST_F(Logs, CountEachReasonForItself) {
    Log log({LogFormat::json, LogLevel::info}, out_, clock());
    for (int i = 0; i < 50; ++i)
        log.warning("trouble", {{"reason", "the topic is gone"}, LogField::provider_error("")});
    EXPECT_EQ(lines().size(), 3U) << "a line that is its reason only says nothing new";
    log.warning("trouble", {{"reason", "the commit was refused"}});
    ASSERT_EQ(lines().size(), 4U);
    EXPECT_THAT(lines()[3], EndsWith(R"("reason":"the commit was refused"})")) << "others' lines were left out";
    now_ += 10s;
    log.warning("trouble", {{"reason", "the topic is gone"}});
    EXPECT_THAT(lines().back(), EndsWith(R"("reason":"the topic is gone","left_out":47})"));
}

TEST_F(Logs, RememberATroubleThatRepeatsItselfOnce) {
    Log log({LogFormat::json, LogLevel::info}, out_, clock());
    log.warning("trouble", {{"reason", "rare"}});
    for (int i = 0; i < 50; ++i) log.warning("trouble", {{"reason", i % 2 == 0 ? "even" : "odd"}});
    const auto troubles = log.recent_troubles();
    ASSERT_EQ(troubles.size(), 3U);
    EXPECT_EQ(troubles[0].fields, R"({"reason":"rare"})");
    EXPECT_EQ(troubles[2].fields, R"({"reason":"odd"})");
}

TEST_F(Logs, KeepLinesWholeWhenThreadsWrite) {
    Log log({LogFormat::json, LogLevel::info}, out_, clock());
    std::vector<std::thread> threads;
    for (int thread = 0; thread < 4; ++thread) {
        threads.emplace_back([&log, thread] {
            const auto event = "thread_" + std::to_string(thread);
            for (int i = 0; i < 10; ++i) log.warning(event, {{"text", std::string(200, 'x')}, {"n", i}});
            EXPECT_LE(log.recent_troubles().size(), 20U);
        });
    }
    for (auto& thread : threads) thread.join();
    EXPECT_EQ(lines().size(), 40U);
    for (const auto& line : lines())
        EXPECT_THAT(line, MatchesRegex(R"re(."ts":.*"event":"thread_[0-3]","text":"x{200}","n":[0-9].)re"));
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

TEST_F(Logs, RememberTroublesAsTheStatusPageShowsThem) {
    keep_secret("kept-7be219", "${KEPT}");
    Log log({LogFormat::text, LogLevel::info}, out_, clock());
    EXPECT_TRUE(log.recent_troubles().empty());
    log.error("paused", {{"reason", "kept-7be219 \"refused\"\n"}, {"status", 401}});
    log.warning("bare");
    const auto troubles = log.recent_troubles();
    ASSERT_EQ(troubles.size(), 2U);
    EXPECT_THAT(troubles[0].at, MatchesRegex("20..-[01].-[0-3].T[0-2].:[0-5].:[0-6].Z"));
    EXPECT_EQ(troubles[0].level, "error");
    EXPECT_EQ(troubles[0].event, "paused");
    EXPECT_EQ(troubles[0].fields, R"({"reason":"${KEPT} \"refused\"\n","status":401})") << "an object in either format";
    EXPECT_EQ(troubles[1].fields, "{}");
}

}  // namespace
}  // namespace prelabel::telemetry
