#include "app/runtime.hpp"

#include <sstream>
#include <stdlib.h>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace prelabel::app {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;

/// Settings with which a run could start; no call is made.
config::Settings settings_for(const std::string& base_url, bool with_key) {
    config::Settings settings;
    settings.task.name = "ner";
    settings.task.labels = {{"PER", ""}};
    settings.endpoint.model.base_url = base_url;
    settings.endpoint.model.model = "m";
    settings.endpoint.limits.max_in_flight = 4;
    if (with_key) {
        ::setenv("PRELABEL_TEST_KEY", "sk-runtime-test-4711", 1);
        settings.endpoint.api_key.env = "PRELABEL_TEST_KEY";
    }
    return settings;
}

TEST(Runtime, WarnsOfAKeyThatEverybodyOnTheWayCanRead) {
    struct Case {
        const char* base_url;
        bool with_key;
        bool warns;
    };
    for (const auto& [base_url, with_key, warns] : std::vector<Case>{
             {"https://api.example.com/v1", true, false},
             {"http://api.example.com/v1", true, true},
             {"http://10.0.0.7:8000/v1", true, true},
             {"http://127.0.0.1:8000/v1", true, false},
             {"http://localhost:8000/v1", true, false},
             {"http://[::1]:8000/v1", true, false},
             {"http://api.example.com/v1", false, false},
         }) {
        const auto runtime = Runtime::make(settings_for(base_url, with_key));
        ASSERT_TRUE(runtime) << base_url;
        const std::string warning = (*runtime)->key_in_the_clear();
        EXPECT_EQ(!warning.empty(), warns) << base_url;
        EXPECT_EQ(warning.find("4711"), std::string::npos);
        EXPECT_EQ(warning.find("use https://") != std::string::npos, warns);
    }
}

TEST(Runtime, SaysWhatCannotBeUsed) {
    config::Settings settings = settings_for("https://api.example.com/v1", false);
    settings.endpoint.api_key.env = "PRELABEL_NO_SUCH_VARIABLE";
    auto made = Runtime::make(settings);
    ASSERT_FALSE(made);
    EXPECT_EQ(made.error().fault, Fault::config);
    EXPECT_THAT(made.error().message, HasSubstr("llm.api_key"));

    settings = settings_for("https://api.example.com/v1", false);
    settings.endpoint.limits.max_in_flight = 1U << 30;
    made = Runtime::make(settings);
    ASSERT_FALSE(made);
    EXPECT_EQ(made.error().fault, Fault::config);
    EXPECT_THAT(made.error().message, HasSubstr("max_in_flight"));

    settings = settings_for("https://api.example.com/v1", false);
    settings.task.own_schema = "{\"type\": 5}";
    made = Runtime::make(settings);
    ASSERT_FALSE(made);
    EXPECT_EQ(made.error().fault, Fault::config);
}

class LoggedEvents : public ::testing::Test {
protected:
    std::ostringstream out;
    telemetry::Log log{{telemetry::LogFormat::json, telemetry::LogLevel::info, true}, out, [] { return TimePoint{}; }};
    pipeline::EventListener say = log_events(log);

    std::string line(const pipeline::Event& event) {
        out.str("");
        say(event);
        return out.str();
    }
};

TEST_F(LoggedEvents, AreALineEachWithLevelAndFacts) {
    struct Case {
        pipeline::Event event;
        const char* level;
        const char* name;
        std::vector<const char*> facts;
    };
    const Partition first{"raw", 3};
    const Partition second{"raw", 4};
    for (const auto& [event, level, name, facts] : std::vector<Case>{
             {pipeline::Paused{pipeline::PauseCause::person, "HTTP 401"},
              "error",
              "paused",
              {R"("cause":"person")", R"("reason":"HTTP 401")"}},
             {pipeline::Paused{pipeline::PauseCause::outage, "HTTP 503"}, "error", "paused", {R"("cause":"outage")"}},
             {pipeline::Resumed{}, "info", "resumed", {}},
             {pipeline::DocumentDeadLettered{{first, 17, -1}, pipeline::DeadLetterClass::too_large, "5 MB"},
              "warning",
              "dead_letter",
              {R"("class":"too_large")", R"("reason":"5 MB")", R"("topic":"raw")", R"("partition":3)",
               R"("offset":17)"}},
             {pipeline::PartitionsAssigned{{first, second}}, "info", "assigned", {R"("partitions":"raw/3 raw/4")"}},
             {pipeline::PartitionsRevoked{{first}, true, 2},
              "info",
              "revoked",
              {R"("partitions":"raw/3")", R"("lost":true)", R"("abandoned":2)"}},
             {pipeline::RecordsLost{first, 17, 29, 11},
              "error",
              "records_lost",
              {R"("topic":"raw","partition":3,"from":17,"to":29,"records":11)", R"("reason":"the topic no longer)"}},
             {pipeline::Trouble{"no broker"}, "warning", "trouble", {R"("reason":"no broker")"}},
             {pipeline::Paused{pipeline::PauseCause::person, "HTTP 400", "no"},
              "error",
              "paused",
              {R"("reason":"HTTP 400","provider_error":"no")"}},
             {pipeline::DocumentDeadLettered{{first, 17, -1}, pipeline::DeadLetterClass::deadline, "late", "busy"},
              "warning",
              "dead_letter",
              {R"("offset":17,"provider_error":"busy")"}},
             {pipeline::Trouble{"HTTP 429", "slower"}, "warning", "trouble", {R"("provider_error":"slower")"}},
             {pipeline::Learned{"without it", "no seed"}, "info", "learned", {R"("provider_error":"no seed")"}},
             {pipeline::Learned{"60 a minute"}, "info", "learned", {R"("what":"60 a minute")"}},
         }) {
        const std::string text = line(event);
        EXPECT_THAT(text, HasSubstr(std::string("\"") + level + '"')) << name;
        EXPECT_THAT(text, HasSubstr(std::string("\"") + name + '"')) << name;
        for (const char* fact : facts) EXPECT_THAT(text, HasSubstr(fact)) << name;
        EXPECT_EQ(std::ranges::count(text, '\n'), 1) << name;
    }
}

}  // namespace
}  // namespace prelabel::app
