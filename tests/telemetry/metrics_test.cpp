#include "snapshot.hpp"

#include <prelabel/telemetry/metrics.hpp>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <regex>
#include <set>
#include <sstream>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace prelabel::telemetry {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

std::string rendered(Exposition exposition) {
    const BusyWorker worker;
    return render_metrics(worker.snapshot(), exposition);
}

TEST(Metrics, ShowWhatTheLibrariesCounted) {
    const auto text = rendered(Exposition::text);
    EXPECT_THAT(text, HasSubstr("# TYPE prelabel_documents_total counter\n"));
    EXPECT_THAT(text, HasSubstr("prelabel_documents_total{outcome=\"complete\"} 40\n"));
    EXPECT_THAT(text, HasSubstr("prelabel_documents_total{outcome=\"dead_letter\"} 3\n"));
    EXPECT_THAT(text, HasSubstr("prelabel_dead_letters_total{class=\"too_large\"} 3\n"));
    EXPECT_THAT(text, HasSubstr("prelabel_calls_total{reply=\"throttled\"} 5\n"));
    EXPECT_THAT(text, HasSubstr("prelabel_tokens_total{kind=\"input\"} 700\n"));
    EXPECT_THAT(text, HasSubstr("prelabel_tokens_total{kind=\"cached_input\"} 200\n"));
    EXPECT_THAT(text, HasSubstr("prelabel_cost_usd_total 0.25\n"));
    EXPECT_THAT(text, HasSubstr("prelabel_wait_seconds_total{reason=\"tokens\"} 1.5\n"));
    EXPECT_THAT(text, HasSubstr("prelabel_entities_total{label=\"PER\",match=\"exact\"} 11\n"));
    EXPECT_THAT(text, HasSubstr("prelabel_consumer_lag_records{topic=\"raw\",partition=\"0\"} 15\n"));
    EXPECT_THAT(text, Not(HasSubstr("partition=\"1\""))) << "the broker has not told it yet";
    EXPECT_THAT(text, HasSubstr("prelabel_producer_records_total 42\n"));
    EXPECT_THAT(text, HasSubstr("prelabel_http_connections{state=\"busy\"} 9\n"));
    EXPECT_THAT(text, HasSubstr("prelabel_quota_utilisation_ratio{quota=\"requests\"} 0.5\n"));
    EXPECT_THAT(text, Not(HasSubstr("prelabel_quota_limit_per_minute{quota=\"tokens\"}"))) << "there is no such limit";
    EXPECT_THAT(
        text, HasSubstr("prelabel_build_info{version=\"0.1.0\",task=\"news-ner\",task_version=\"3f9c2a71b0de\"} 1\n"));
}

TEST(Metrics, HaveCumulativeHistograms) {
    const auto text = rendered(Exposition::openmetrics);
    EXPECT_THAT(text, HasSubstr("prelabel_document_duration_seconds_bucket{le=\"0.002\"} 0\n"));
    EXPECT_THAT(text, HasSubstr("prelabel_document_duration_seconds_bucket{le=\"0.004\"} 1\n"));
    EXPECT_THAT(text, HasSubstr("prelabel_document_duration_seconds_bucket{le=\"524.288\"} 1\n"));
    EXPECT_THAT(text, HasSubstr("prelabel_document_duration_seconds_bucket{le=\"+Inf\"} 2\n"));
    EXPECT_THAT(text, HasSubstr("prelabel_document_duration_seconds_count 2\n"));
    EXPECT_THAT(text, HasSubstr("prelabel_document_duration_seconds_sum 1000.003\n"));
}

// The grammar of OpenMetrics 1.0, as far as our metrics use it.
TEST(Metrics, FollowTheRulesOfOpenMetrics) {
    const std::regex sample(
        R"re(([a-z_0-9]+)(\{[a-z_]+="([^"\\\n]|\\.)*"(,[a-z_]+="([^"\\\n]|\\.)*")*\})? (-?[0-9.e+-]+|NaN|[+-]Inf))re");
    std::istringstream lines(rendered(Exposition::openmetrics));
    std::set<std::string> families;
    std::string family;
    std::string type;
    std::string line;
    std::string last;
    while (std::getline(lines, line)) {
        last = line;
        if (line.starts_with("# TYPE ")) {
            std::istringstream words(line.substr(7));
            words >> family >> type;
            EXPECT_TRUE(families.insert(family).second) << family << " stands in two places";
            EXPECT_TRUE(family.starts_with("prelabel_")) << family;
            EXPECT_FALSE(family.ends_with("_total")) << family;
        } else if (line.starts_with("# UNIT ")) {
            EXPECT_TRUE(family.ends_with("_" + line.substr(line.rfind(' ') + 1))) << line;
        } else if (!line.starts_with("# ")) {
            std::smatch parts;
            ASSERT_TRUE(std::regex_match(line, parts, sample)) << line;
            const std::string name = parts[1];
            if (type == "histogram") {
                EXPECT_TRUE(name == family + "_bucket" || name == family + "_count" || name == family + "_sum") << name;
            } else {
                EXPECT_EQ(name, type == "counter" ? family + "_total" : family);
            }
        }
    }
    EXPECT_EQ(last, "# EOF");
    EXPECT_GT(families.size(), 30U);
}

TEST(Metrics, EscapeLabelsInBothFormats) {
    for (const auto exposition : {Exposition::text, Exposition::openmetrics})
        EXPECT_THAT(rendered(exposition), HasSubstr(R"(label="a\"b\\c\nd")"));
}

TEST(Metrics, LeaveOutWhatDoesNotExist) {
    Snapshot bare;
    const auto text = render_metrics(bare, Exposition::text);
    EXPECT_THAT(text, HasSubstr("prelabel_process_uptime_seconds"));
    EXPECT_THAT(text, Not(HasSubstr("prelabel_documents_total")));
    EXPECT_THAT(text, Not(HasSubstr("prelabel_consumer")));
    EXPECT_THAT(text, Not(HasSubstr("prelabel_loop_lag_seconds")));
    bare.loop_lag_seconds = 0.25;
    EXPECT_THAT(render_metrics(bare, Exposition::text), HasSubstr("prelabel_loop_lag_seconds 0.25\n"));
}

TEST(Metrics, ComeAsTheScraperAsks) {
    EXPECT_EQ(exposition_for(""), Exposition::text);
    EXPECT_EQ(exposition_for("*/*"), Exposition::text);
    EXPECT_EQ(exposition_for("application/openmetrics-text; version=1.0.0,text/plain;version=0.0.4;q=0.5,*/*;q=0.1"),
              Exposition::openmetrics);
    EXPECT_EQ(exposition_for("text/plain, application/openmetrics-text;q=0.3"), Exposition::text);
    EXPECT_EQ(exposition_for("application/openmetrics-text;q=0"), Exposition::text);
    EXPECT_EQ(exposition_for("application/openmetrics-text; q=zero, ,;"), Exposition::text);
}

TEST(Metrics, AreWhatTheDocumentationSays) {
    const auto path = std::filesystem::path(PRELABEL_SOURCE_DIR) / "docs" / "metrics.md";
    if (std::getenv("PRELABEL_UPDATE") != nullptr) std::ofstream(path, std::ios::binary) << metrics_markdown();
    std::ifstream stream(path, std::ios::binary);
    const std::string published{std::istreambuf_iterator<char>(stream), {}};
    EXPECT_TRUE(published == metrics_markdown())
        << path << " has drifted: run this test with PRELABEL_UPDATE=1 and look at the change";
}

}  // namespace
}  // namespace prelabel::telemetry
