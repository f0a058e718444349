#include "scrape.hpp"
#include "snapshot.hpp"

#include <prelabel/telemetry/metrics.hpp>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
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

std::string read_file(const std::filesystem::path& path) {
    std::ifstream stream(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(stream), {}};
}

const std::filesystem::path docs = std::filesystem::path(PRELABEL_SOURCE_DIR) / "docs";

TEST(Metrics, ShowWhatTheLibrariesCounted) {
    const auto text = rendered(Exposition::text);
    EXPECT_THAT(text, HasSubstr("# TYPE prelabel_documents_total counter\n"));
    EXPECT_THAT(text, HasSubstr("# HELP prelabel_tombstones_total Records without a value: skipped, nothing to label.\n"
                                "# TYPE prelabel_tombstones_total counter\n"
                                "prelabel_tombstones_total 0\n"));
    EXPECT_THAT(text, HasSubstr("prelabel_documents_total{outcome=\"complete\"} 40\n"));
    EXPECT_THAT(text, HasSubstr("prelabel_cost_usd_total 0.25\n"));
    EXPECT_THAT(text, HasSubstr("prelabel_consumer_lag_records{topic=\"raw\",partition=\"0\"} 15\n"));
    EXPECT_THAT(text, Not(HasSubstr("partition=\"1\""))) << "the broker has not told it yet";
    EXPECT_THAT(text, Not(HasSubstr("prelabel_quota_limit_per_minute{quota=\"tokens\"}"))) << "there is no such limit";
    EXPECT_THAT(text, HasSubstr("prelabel_build_info{version=\"0.1.0\",task=\"news-ner\",task_version=\"3f9c2a71b0de\","
                                "group=\"labelers\"} 1\n"));
}

TEST(Metrics, HaveCumulativeHistograms) {
    for (const auto exposition : {Exposition::text, Exposition::openmetrics}) {
        const auto series = Scrape(rendered(exposition), exposition).series();
        const std::string bucket = "document_duration_seconds_bucket";
        EXPECT_EQ(series.at(bucket + "{le=\"0.002\"}"), 0);
        EXPECT_EQ(series.at(bucket + "{le=\"0.004\"}"), 1);
        EXPECT_EQ(series.at(bucket + "{le=\"524.288\"}"), 1);
        EXPECT_EQ(series.at(bucket + "{le=\"inf\"}"), 2);
        EXPECT_EQ(series.at("document_duration_seconds_count"), 2);
        EXPECT_DOUBLE_EQ(series.at("document_duration_seconds_sum"), 1'000.003);
    }
}

// The rules themselves are in the reader.
TEST(Metrics, FollowTheRulesOfBothFormats) {
    for (const auto exposition : {Exposition::text, Exposition::openmetrics}) {
        const Scrape read(rendered(exposition), exposition);
        EXPECT_GT(read.families().size(), 50U);
        for (const auto& family : read.families()) {
            const bool total = family.name.ends_with("_total");
            EXPECT_EQ(total, family.type == "counter" && exposition == Exposition::text) << family.name;
            EXPECT_TRUE(family.unit.empty() || family.name.ends_with("_" + family.unit)) << family.name;
            EXPECT_TRUE(family.help.ends_with('.')) << family.name << ": " << family.help;
        }
    }
}

TEST(Metrics, AreTheSameNumbersInBothFormats) {
    EXPECT_EQ(Scrape(rendered(Exposition::text), Exposition::text).series(),
              Scrape(rendered(Exposition::openmetrics), Exposition::openmetrics).series());
}

TEST(Metrics, EscapeLabelsInBothFormats) {
    for (const auto exposition : {Exposition::text, Exposition::openmetrics}) {
        EXPECT_THAT(rendered(exposition), HasSubstr(R"(label="a\"b\\c\nd")"));
        std::set<std::string> labels;
        for (const auto& family : Scrape(rendered(exposition), exposition).families())
            for (const auto& line : family.lines)
                for (const auto& [name, value] : line.labels)
                    if (name == "label") labels.insert(value);
        EXPECT_THAT(labels, ::testing::ElementsAre("PER", "a\"b\\c\nd")) << "what a scraper reads";
    }
}

TEST(Metrics, SayWhichFormatTheyAre) {
    EXPECT_EQ(content_type(Exposition::text), "text/plain; version=0.0.4; charset=utf-8");
    EXPECT_EQ(content_type(Exposition::openmetrics), "application/openmetrics-text; version=1.0.0; charset=utf-8");
}

TEST(Metrics, ComeAsTheScraperAsks) {
    EXPECT_EQ(exposition_for(""), Exposition::text);
    EXPECT_EQ(exposition_for("*/*"), Exposition::text);
    EXPECT_EQ(exposition_for("text/html"), Exposition::text) << "there is nothing better for it";
    EXPECT_EQ(exposition_for("application/openmetrics-text"), Exposition::openmetrics);
    EXPECT_EQ(exposition_for("application/openmetrics-text-2"), Exposition::text) << "another type";
    EXPECT_EQ(exposition_for("application/openmetrics-text; version=1.0.0,text/plain;version=0.0.4;q=0.5,*/*;q=0.1"),
              Exposition::openmetrics);
    EXPECT_EQ(exposition_for("text/plain, application/openmetrics-text;q=0.3"), Exposition::text);
}

TEST(Metrics, WeighWhatTheScraperAsksFor) {
    EXPECT_EQ(exposition_for("text/plain;q=0.2,application/openmetrics-text;q=0.3"), Exposition::openmetrics);
    EXPECT_EQ(exposition_for("application/openmetrics-text;q=0.3, text/plain; q=0.8"), Exposition::text);
    EXPECT_EQ(exposition_for("application/openmetrics-text;q=0.3, */*; q=0.8"), Exposition::text);
    EXPECT_EQ(exposition_for("text/plain,application/openmetrics-text"), Exposition::openmetrics)
        << "of two that are equally welcome, the richer one";
    EXPECT_EQ(exposition_for("application/openmetrics-text;q=0"), Exposition::text);
    EXPECT_EQ(exposition_for("application/openmetrics-text; q=zero, ,;"), Exposition::text);
    EXPECT_EQ(exposition_for("text/plain;seq=0.1;q=0.9, application/openmetrics-text;q=0.5"), Exposition::text)
        << "another parameter's name may end in q";
    // What Prometheus 2.x sends.
    EXPECT_EQ(
        exposition_for("application/openmetrics-text;version=1.0.0;q=0.5,"
                       "application/openmetrics-text;version=0.0.1;q=0.4,text/plain;version=0.0.4;q=0.3,*/*;q=0.2"),
        Exposition::openmetrics);
}

TEST(Metrics, AreWhatTheDocumentationSays) {
    const auto path = docs / "metrics.md";
    if (std::getenv("PRELABEL_UPDATE") != nullptr) std::ofstream(path, std::ios::binary) << metrics_markdown();
    EXPECT_TRUE(read_file(path) == metrics_markdown())
        << path << " has drifted: run this test with PRELABEL_UPDATE=1 and look at the change";
}

TEST(Metrics, AreAllInTheDocumentationInTheirOrder) {
    const BusyWorker worker;
    Snapshot snapshot = worker.snapshot();
    snapshot.loop_lag_seconds = 0;
    std::string rows;
    for (const auto& family : scrape(snapshot).families()) {
        std::string labels;
        for (const auto& [name, value] : family.lines.at(0).labels)
            if (name != "le") labels += (labels.empty() ? "`" : ", `") + name + "`";
        rows += "| `" + family.name + "` | " + family.type + " | " + labels + " | " + family.help + " |\n";
    }
    const std::regex values("(`[a-z]+`): [a-z_, ]+ \\|");
    EXPECT_THAT(std::regex_replace(metrics_markdown(), values, "$1 |"),
                ::testing::EndsWith("|---|---|---|---|\n" + rows));
    EXPECT_THAT(metrics_markdown(), HasSubstr("| `outcome`: complete, partial, dead_letter, abandoned |"));
    EXPECT_THAT(metrics_markdown(), HasSubstr("| `label`, `match` |"));
}

/// Queries in the other documents: what they name exists, with its label and every value of it.
TEST(Metrics, AreThoseThatTheOtherDocumentsName) {
    const BusyWorker worker;
    Snapshot snapshot = worker.snapshot();
    snapshot.loop_lag_seconds = 0;
    std::set<std::string> known;
    for (const auto& family : scrape(snapshot).families()) {
        known.insert(family.name);
        if (family.type == "histogram")
            for (const auto* part : {"_bucket", "_count", "_sum"}) known.insert(family.name + part);
        for (const auto& line : family.lines)
            for (const auto& [name, value] : line.labels) known.insert(family.name + " " + name + "=" + value);
    }
    known.insert("prelabel_lag_within_quota");  // recorded by a rule of the Helm chart
    const std::regex metric(R"re((prelabel_[a-z_]+)(?:\{([a-z_]+)=~?"([^"]*)"\})?)re");
    std::size_t named = 0;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(docs)) {
        if (entry.path().extension() != ".md" || entry.path().filename() == "metrics.md") continue;
        const auto text = read_file(entry.path());
        for (std::sregex_iterator at(text.begin(), text.end(), metric), end; at != end; ++at, ++named) {
            const std::string name = (*at)[1];
            EXPECT_TRUE(known.contains(name)) << entry.path() << ": " << at->str();
            std::istringstream values((*at)[3]);
            for (std::string value; std::getline(values, value, '|');) {
                if (value.ends_with('\\')) value.pop_back();  // in a table of Markdown
                EXPECT_TRUE(known.contains(name + " " + std::string((*at)[2]) + "=" + value))
                    << entry.path() << ": " << at->str() << " has no " << value;
            }
        }
    }
    EXPECT_GT(named, 20U);
}

}  // namespace
}  // namespace prelabel::telemetry
