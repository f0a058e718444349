#include "telemetry/page_files.hpp"

#include "snapshot.hpp"
#include "telemetry/status_json.hpp"

#include <prelabel/telemetry/history.hpp>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <regex>
#include <set>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidjson/document.h>

namespace prelabel::telemetry {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsSubsetOf;
using ::testing::Not;
using ::testing::SizeIs;
using ::testing::StartsWith;

std::string file(std::string_view path) {
    const auto found = std::ranges::find(page_files(), path, &PageFile::path);
    return found == page_files().end() ? "there is no " + std::string(path) : std::string(found->text);
}

/// The first group of every match.
std::set<std::string> found(const std::string& text, const char* pattern) {
    const std::regex regex(pattern);
    std::set<std::string> out;
    for (std::sregex_iterator at(text.begin(), text.end(), regex), end; at != end; ++at) out.insert((*at)[1]);
    return out;
}

TEST(PageFiles, AreWhole) {
    EXPECT_THAT(page_files(), SizeIs(6));
    EXPECT_THAT(file("/"), StartsWith("<!doctype html>"));
    for (const auto& one : page_files()) {
        const std::string name = one.path == "/" ? "page.html" : std::string(one.path.substr(1));
        std::ifstream stored(std::string(PRELABEL_SOURCE_DIR) + "/src/telemetry/page/" + name, std::ios::binary);
        EXPECT_EQ(one.text, std::string(std::istreambuf_iterator<char>(stored), {})) << name;
    }
}

TEST(PageFiles, LoadNothingFromElsewhereAndMakeNoMarkupFromText) {
    for (const auto& one : page_files()) {
        const std::string text(one.text);
        for (const char* marker :
             {"https://", "innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval("})
            EXPECT_THAT(text, Not(HasSubstr(marker))) << one.path;
        EXPECT_EQ(found(text, "(http://[^'\"]*)"), text.find("http://") == std::string::npos
                                                       ? std::set<std::string>()
                                                       : std::set<std::string>{"http://www.w3.org/2000/svg"})
            << one.path << ": the name of a language is no address";
    }
    EXPECT_THAT(file("/"), Not(HasSubstr("<style")));
    EXPECT_TRUE(found(file("/"), R"re(\s(on\w+|style)=)re").empty()) << "the policy forbids them";
    for (const auto& path : found(file("/"), R"re((?:src|href)="([^"#]+)")re"))
        EXPECT_THAT((std::set<std::string>{"icon.svg", "page.css", "page.js", "status", "history", "metrics"}),
                    Contains(path));
}

TEST(PageFiles, HaveEveryPlaceThatTheScriptFills) {
    const auto places = found(file("/"), R"re(id="([\w-]+)")re");
    auto filled = found(file("/page.js"), R"re(\$\('([\w-]+)'\))re");
    filled.merge(found(file("/page.js"), R"re(table\('([\w-]+)')re"));
    EXPECT_GT(filled.size(), 15U);
    EXPECT_THAT(filled, IsSubsetOf(places));
    for (const auto& place : places) {
        if (place != "numbers" && !place.ends_with("-title")) {
            EXPECT_THAT(filled, Contains(place)) << "a place that nobody fills stays empty for good";
        }
    }
}

TEST(PageFiles, ReadOnlyWhatTheStatusHas) {
    BusyWorker worker;
    rapidjson::Document status;
    status.Parse(status_json(worker.snapshot()).c_str());
    const auto read = found(file("/page.js"), R"re(\bs\.([a-z_0-9]+(?:\??\.[a-z_0-9]+)?)(?![A-Za-z_(]))re");
    EXPECT_GT(read.size(), 20U);
    for (const auto& path : read) {
        const auto dot = path.find_first_of("?.");
        const auto outer = status.FindMember(path.substr(0, dot).c_str());
        ASSERT_TRUE(outer != status.MemberEnd()) << path;
        if (dot == std::string::npos || !outer->value.IsObject()) continue;  // a method of an array
        EXPECT_TRUE(outer->value.HasMember(path.substr(path.find('.') + 1).c_str())) << path;
    }
    for (const auto& member : found(file("/page.js"), R"re(\bp\.([a-z_]+))re"))
        EXPECT_TRUE(status["assignment"][0].HasMember(member.c_str())) << member;
    for (const auto& member : found(file("/page.js"), R"re(\bt\.([a-z_]+))re"))
        EXPECT_TRUE(status["troubles"][0].HasMember(member.c_str())) << member;
    for (const auto& member : found(file("/page.js"), R"re(\bquota\.([a-z_]+))re"))
        EXPECT_TRUE(status["quota"]["requests_per_minute"].HasMember(member.c_str())) << member;
}

TEST(PageFiles, DrawEveryMetricOfTheHistoryAndNoOther) {
    BusyWorker worker;
    History history;
    history.sample(TimePoint(), worker.snapshot());
    rapidjson::Document json;
    json.Parse(history.json().c_str());
    std::set<std::string> kept;
    for (const auto& series : json["series"].GetArray()) kept.insert(series["metric"].GetString());
    kept.insert("prelabel_loop_lag_seconds");  // known after a second
    EXPECT_EQ(found(file("/page.js"), "(prelabel_[a-z_]+)"), kept);
}

TEST(PageFiles, HaveAColourForEveryState) {
    const auto coloured = found(file("/page.css"), R"re(data-state="([a-z ]+)"\](?!\s*main))re");
    EXPECT_EQ(coloured,
              (std::set<std::string>{"starting", "running", "unassigned", "paused", "draining", "no answer"}));
    for (const auto reason : enum_values<pipeline::WaitReason>)
        EXPECT_TRUE(reason == pipeline::WaitReason::paused ||
                    file("/page.css").find(".reason-" + std::string(to_string(reason))) != std::string::npos)
            << to_string(reason);
}

}  // namespace
}  // namespace prelabel::telemetry
