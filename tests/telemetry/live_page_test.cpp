#include "snapshot.hpp"
#include "telemetry/status_json.hpp"

#include <regex>
#include <set>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidjson/document.h>

namespace prelabel::telemetry {
namespace {

using ::testing::IsSubsetOf;
using ::testing::SizeIs;

/// The first group of every match.
std::set<std::string> found(std::string_view text, const char* pattern) {
    const std::string all(text);
    const std::regex regex(pattern);
    std::set<std::string> out;
    for (std::sregex_iterator at(all.begin(), all.end(), regex), end; at != end; ++at) out.insert((*at)[1]);
    return out;
}

TEST(LivePage, HasEveryPlaceThatItsScriptFills) {
    const auto places = found(live_page(), R"re(id="(\w+)")re");
    auto filled = found(live_script(), R"re(\$\('(\w+)'\))re");
    filled.merge(found(live_script(), R"re(rows\('(\w+)')re"));
    EXPECT_GT(filled.size(), 12U);
    EXPECT_EQ(filled, places) << "a place that nobody fills stays empty for good";
}

TEST(LivePage, ReadsOnlyWhatTheStatusHas) {
    BusyWorker worker;
    worker.pipeline.paused = true;
    rapidjson::Document status;
    status.Parse(status_json(worker.snapshot()).c_str());
    ASSERT_TRUE(status.IsObject());
    const auto read = found(live_script(), R"re(\bs\.([a-z_]+(?:\.[a-z_]+)?)(?![A-Za-z_(]))re");
    EXPECT_GT(read.size(), 20U);
    for (const auto& path : read) {
        const auto dot = path.find('.');
        const auto outer = status.FindMember(path.substr(0, dot).c_str());
        ASSERT_TRUE(outer != status.MemberEnd()) << path;
        if (dot == std::string::npos || !outer->value.IsObject()) continue;  // a method of an array
        EXPECT_TRUE(outer->value.HasMember(path.substr(dot + 1).c_str())) << path;
    }
    for (const auto& member : found(live_script(), R"re(\bp\.([a-z_]+))re"))
        EXPECT_TRUE(status["assignment"][0].HasMember(member.c_str())) << member;
    for (const auto& member : found(live_script(), R"re(\bt\.([a-z_]+))re"))
        EXPECT_TRUE(status["troubles"][0].HasMember(member.c_str())) << member;
    for (const auto& member : found(live_script(), R"re(\bq\.([a-z_]+))re"))
        EXPECT_TRUE(status["quota"]["requests_per_minute"].HasMember(member.c_str())) << member;
}

TEST(LivePage, HasAColourForEveryState) {
    BusyWorker worker;
    std::set<std::string> states{std::string(state_of(Snapshot{})), std::string(state_of(worker.snapshot()))};
    worker.pipeline.paused = true;
    states.emplace(state_of(worker.snapshot()));
    worker.pipeline.draining = true;
    states.emplace(state_of(worker.snapshot()));
    EXPECT_THAT(states, SizeIs(4));
    states.insert("lost");  // the script's own
    EXPECT_THAT(states,
                IsSubsetOf(found(live_page(), R"re(\.([a-z]+)(?=[^{}<>]*\{ color: var\(--(?:good|warn|bad)\)))re")));
}

}  // namespace
}  // namespace prelabel::telemetry
