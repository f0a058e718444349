#include "snapshot.hpp"

#include <prelabel/base/redaction.hpp>
#include <prelabel/telemetry/admin_page.hpp>
#include <prelabel/telemetry/history.hpp>
#include <prelabel/telemetry/latest_documents.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidjson/document.h>

namespace prelabel::telemetry {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

Page get(std::string_view target, const BusyWorker& worker = {}, std::string_view accept = {}) {
    return admin_page("GET", target, accept, worker.snapshot());
}

TEST(AdminPage, ServesMetricsInTheFormatThatIsAccepted) {
    EXPECT_EQ(get("/metrics").content_type, "text/plain; version=0.0.4; charset=utf-8");
    const auto page = get("/metrics?x=1", {}, "application/openmetrics-text");
    EXPECT_THAT(page.content_type, StartsWith("application/openmetrics-text; version=1.0.0"));
    EXPECT_TRUE(page.body.ends_with("# EOF\n"));
}

TEST(AdminPage, IsReadyOnceAssignedAndUntilItDrains) {
    BusyWorker worker;
    EXPECT_EQ(get("/healthz", worker).status, 200);
    EXPECT_EQ(get("/readyz", worker).status, 200);
    worker.pipeline.paused = true;
    EXPECT_EQ(get("/readyz", worker).status, 200) << "a restart would not help";
    worker.pipeline.partitions_assigned = 0;
    EXPECT_EQ(get("/readyz", worker).status, 503);
    worker.pipeline.partitions_assigned = 1;
    worker.pipeline.draining = true;
    EXPECT_EQ(get("/readyz", worker).status, 503);
    EXPECT_THAT(get("/readyz", worker).body, HasSubstr("draining"));
    EXPECT_EQ(get("/healthz", worker).status, 200);
    EXPECT_EQ(admin_page("GET", "/readyz", "", Snapshot{}).status, 503);
}

TEST(AdminPage, TellsItsStatusAsJson) {
    BusyWorker worker;
    worker.pipeline.paused = true;
    worker.pipeline.pause_reason = "the provider refuses the key (401)";
    rapidjson::Document status;
    const auto page = get("/status", worker);
    EXPECT_EQ(page.content_type, "application/json");
    status.Parse(page.body.c_str());
    ASSERT_FALSE(status.HasParseError()) << page.body;
    EXPECT_STREQ(status["state"].GetString(), "paused");
    EXPECT_STREQ(status["pause_reason"].GetString(), "the provider refuses the key (401)");
    EXPECT_STREQ(status["task"]["version"].GetString(), "3f9c2a71b0de");
    EXPECT_EQ(status["documents"]["complete"].GetInt(), 40);
    EXPECT_EQ(status["documents"]["dead_lettered"].GetInt(), 3);
    EXPECT_EQ(status["dead_letters"]["too_large"].GetInt(), 3);
    EXPECT_FALSE(status["dead_letters"].HasMember("refused")) << "only what has happened";
    EXPECT_DOUBLE_EQ(status["rates"]["documents_per_second"].GetDouble(), 2);
    EXPECT_DOUBLE_EQ(status["rates"]["cost_usd_per_hour"].GetDouble(), 30);
    EXPECT_DOUBLE_EQ(status["rates"]["over_seconds"].GetDouble(), 30) << "a minute has not passed yet";
    EXPECT_DOUBLE_EQ(status["quota"]["requests_per_minute"]["used"].GetDouble(), 300) << "a sum, not a rate";
    EXPECT_DOUBLE_EQ(status["quota"]["requests_per_minute"]["utilisation"].GetDouble(), 0.5);
    EXPECT_FALSE(status["quota"]["tokens_per_minute"].HasMember("utilisation")) << "there is no such limit";
    EXPECT_EQ(status["entities"]["PER"].GetInt(), 12);
    EXPECT_EQ(status["assignment"].Size(), 2U);
    EXPECT_EQ(status["assignment"][0]["lag"].GetInt(), 15);
    EXPECT_TRUE(status["assignment"][1]["lag"].IsNull());
    EXPECT_STREQ(status["troubles"][0]["fields"]["reason"].GetString(), "unauthorized");
}

TEST(AdminPage, ReplacesSecretsInTheReasonOfAPause) {
    keep_secret("paused-5e0c81");
    pipeline::Stats stats;
    stats.paused = true;
    stats.pause_reason = "HTTP 401: wrong key paused-5e0c81";
    Snapshot snapshot;
    snapshot.pipeline = &stats;
    EXPECT_THAT(admin_page("GET", "/status", "", snapshot).body,
                HasSubstr(R"("pause_reason":"HTTP 401: wrong key ***")"));
}

TEST(AdminPage, HasAStatusBeforeThereIsAWorker) {
    rapidjson::Document status;
    status.Parse(admin_page("GET", "/status", "", Snapshot{}).body.c_str());
    ASSERT_FALSE(status.HasParseError());
    EXPECT_STREQ(status["state"].GetString(), "starting");
}

TEST(AdminPage, ShowsALivePageAndItsFiles) {
    const auto page = get("/");
    EXPECT_EQ(page.status, 200);
    EXPECT_EQ(page.content_type, "text/html; charset=utf-8");
    EXPECT_THAT(page.body, StartsWith("<!doctype html>"));
    EXPECT_EQ(get("/page.js").content_type, "text/javascript; charset=utf-8");
    EXPECT_EQ(get("/page.css?1").content_type, "text/css; charset=utf-8");
    EXPECT_EQ(get("/icon.svg").content_type, "image/svg+xml; charset=utf-8");
}

TEST(AdminPage, HasTheHistoryThatSomebodyKeeps) {
    BusyWorker worker;
    auto snapshot = worker.snapshot();
    EXPECT_EQ(admin_page("GET", "/history", "", snapshot).status, 404);
    const History history;
    snapshot.history = &history;
    EXPECT_EQ(admin_page("GET", "/history", "", snapshot).body, history.json());
}

TEST(AdminPage, HasDocumentsOnlyWhereTheyMayBeShown) {
    BusyWorker worker;
    auto snapshot = worker.snapshot();
    const auto refused = admin_page("GET", "/documents", "", snapshot);
    EXPECT_EQ(refused.status, 404);
    EXPECT_THAT(refused.body, HasSubstr("admin.show_documents"));
    LatestDocuments documents;
    documents.labeled(R"({"id":"doc-17","text":"Ada"})");
    snapshot.documents = &documents;
    EXPECT_THAT(admin_page("GET", "/documents", "", snapshot).body, HasSubstr("Ada"));
    for (const char* path : {"/status", "/metrics", "/", "/readyz"})
        EXPECT_THAT(admin_page("GET", path, "", snapshot).body, Not(HasSubstr("doc-17"))) << path;
}

TEST(AdminPage, RefusesOtherPathsAndMethods) {
    EXPECT_EQ(get("/nothing").status, 404);
    EXPECT_EQ(get("").status, 404);
    EXPECT_EQ(get("/metrics/").status, 404);
    const auto post = admin_page("POST", "/metrics", "", Snapshot{});
    EXPECT_EQ(post.status, 405);
    EXPECT_EQ(post.allow, "GET, HEAD");
    EXPECT_EQ(admin_page("POST", "/nothing", "", Snapshot{}).status, 404);
    const auto head = admin_page("HEAD", "/status", "", Snapshot{});
    EXPECT_EQ(head.status, 200);
    // Whoever sends it leaves the body out, and says how long it is.
    EXPECT_EQ(head.body, admin_page("GET", "/status", "", Snapshot{}).body);
}

}  // namespace
}  // namespace prelabel::telemetry
