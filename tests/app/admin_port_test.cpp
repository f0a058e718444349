#include "app/admin_port.hpp"

#include "../http/loopback.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace prelabel::app {
namespace {

using ::testing::AllOf;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

/// A coroutine's string, kept where the test finds it.
async::Coroutine<> keep(async::Coroutine<std::string> from, std::optional<std::string>* there) {
    there->emplace(co_await std::move(from));
}

class AdminPortTest : public ::testing::Test {
protected:
    boost::asio::io_context loop{1};
    async::WheelClock clock{loop.get_executor()};
    pipeline::Stats stats;
    std::size_t looks = 0;
    bool worker_exists = true;
    kafka::SourceStats source;
    std::map<Partition, Duration> ages;  ///< of documents in hand
    std::unique_ptr<AdminPort> admin = open({true, "127.0.0.1", 0}).value();

    Result<std::unique_ptr<AdminPort>> open(const config::Listen& listen) {
        return AdminPort::open(loop.get_executor(), clock, listen, [this] {
            ++looks;
            telemetry::Snapshot snapshot;
            snapshot.version = "9.8.7";
            snapshot.task_name = "people";
            if (worker_exists) snapshot.pipeline = &stats;
            if (worker_exists) snapshot.source = &source;
            snapshot.watermark_ages = ages;
            return snapshot;
        });
    }

    /// What comes back for these first lines of a request.
    std::string asked(const std::string& head, const std::string& host = "localhost") {
        std::optional<std::string> reply;
        auto text = http::talk(loop.get_executor(), admin->port(),
                               head + " HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\n\r\n");
        boost::asio::co_spawn(loop.get_executor(), keep(std::move(text), &reply), http::rethrow);
        while (!reply && loop.run_one_for(std::chrono::seconds(10)) > 0) continue;
        return reply.value_or("nothing came");
    }
};

TEST_F(AdminPortTest, HasALinkThatABrowserCanOpen) {
    const auto port = [](const AdminPort& open) { return std::to_string(open.port()); };
    EXPECT_EQ(admin->url(), "http://127.0.0.1:" + port(*admin) + "/");
    const auto everywhere = open({true, "0.0.0.0", 0}).value();
    EXPECT_EQ(everywhere->url(), "http://localhost:" + port(*everywhere) + "/");
}

TEST_F(AdminPortTest, AnswersWhatIsDocumented) {
    EXPECT_THAT(asked("GET /healthz"), AllOf(StartsWith("HTTP/1.1 200"), EndsWith("\r\n\r\nok\n")));
    EXPECT_THAT(asked("GET /readyz"), StartsWith("HTTP/1.1 503")) << "no partition is assigned";
    EXPECT_THAT(asked("GET /metrics"), AllOf(StartsWith("HTTP/1.1 200"), HasSubstr("prelabel_"), HasSubstr("9.8.7")));
    EXPECT_THAT(asked("GET /status"), AllOf(HasSubstr("application/json"), HasSubstr("\"people\"")));
    EXPECT_THAT(asked("GET /"), AllOf(HasSubstr("text/html"), HasSubstr("<html")));
    EXPECT_THAT(asked("GET /page.js"), HasSubstr("text/javascript"));
    EXPECT_THAT(asked("GET /history"), AllOf(HasSubstr("application/json"), HasSubstr("\"prelabel_documents_total\"")));
    EXPECT_THAT(asked("GET /documents"), StartsWith("HTTP/1.1 404")) << "nobody allowed to show them";
    EXPECT_THAT(asked("GET /secrets"), StartsWith("HTTP/1.1 404"));
}

TEST_F(AdminPortTest, ShowsWhatIsTrueNow) {
    stats.partitions_assigned = 1;
    EXPECT_THAT(asked("GET /readyz"), AllOf(StartsWith("HTTP/1.1 200"), EndsWith("ready\n")));
    stats.paused = true;
    EXPECT_THAT(asked("GET /readyz"), AllOf(StartsWith("HTTP/1.1 200"), EndsWith("ready, but paused: see /status\n")));
    const auto before = looks;
    static_cast<void>(asked("GET /status"));
    EXPECT_GT(looks, before);
}

TEST_F(AdminPortTest, CountsWhatTheFirstSecondOfAWorkerAdds) {
    worker_exists = false;
    admin = open({true, "127.0.0.1", 0}).value();
    worker_exists = true;
    stats.calls_started = 46;  // before the next sample
    loop.run_for(std::chrono::milliseconds(1'200));
    EXPECT_THAT(asked("GET /metrics"), HasSubstr("prelabel_quota_used_per_minute{quota=\"requests\"} 46\n"));
}

TEST_F(AdminPortTest, KeepsWhatHappenedWhileNobodyLooked) {
    loop.run_for(std::chrono::milliseconds(4'900));
    stats.documents_complete = 10;
    loop.run_for(std::chrono::milliseconds(1'200));
    const auto history = asked("GET /history");
    EXPECT_THAT(history, ::testing::ContainsRegex(R"("outcome":"complete"},"now":10.0,"per_second":\[null,[12])"));
}

TEST_F(AdminPortTest, KeepsTheWorstLagOfTheLoopUntilItIsDrawn) {
    loop.run_for(std::chrono::milliseconds(1'500));
    const auto until = clock.now() + std::chrono::milliseconds(1'100);  // one timer of the port is late by 0.1 s
    while (clock.now() < until) continue;
    loop.run_for(std::chrono::milliseconds(3'800));
    EXPECT_THAT(
        asked("GET /history"),
        ::testing::ContainsRegex(R"("prelabel_loop_lag_seconds","labels":..,"now":[^,]*,"values":\[[^]]*,0\.[1-9])"));
}

TEST_F(AdminPortTest, GoesOnWithTheAgeOfAPartitionBetweenTwoDocuments) {
    source.partitions.resize(1);
    source.partitions[0].partition = {"raw", 3};
    source.partitions[0].lag = 9;
    ages[{"raw", 3}] = std::chrono::seconds(400);
    static_cast<void>(asked("GET /status"));
    ages.clear();
    EXPECT_THAT(asked("GET /metrics"),
                HasSubstr("prelabel_consumer_watermark_age_seconds{topic=\"raw\",partition=\"3\"} 40"));
}

TEST_F(AdminPortTest, CanOnlyBeRead) {
    for (const char* method : {"POST", "PUT", "DELETE"}) {
        const auto reply = asked(std::string(method) + " /status");
        EXPECT_THAT(reply, AllOf(StartsWith("HTTP/1.1 405"), HasSubstr("Allow: GET, HEAD\r\n"))) << method;
    }
    EXPECT_THAT(asked("HEAD /healthz"), AllOf(StartsWith("HTTP/1.1 200"), EndsWith("\r\n\r\n")));
}

TEST_F(AdminPortTest, TellsABrowserToLoadNothingFromElsewhere) {
    for (const char* path : {"GET /", "GET /status", "GET /nowhere"}) {
        EXPECT_THAT(asked(path),
                    AllOf(HasSubstr("Content-Security-Policy: default-src 'none'"),
                          HasSubstr("X-Content-Type-Options: nosniff"), HasSubstr("Referrer-Policy: no-referrer"),
                          HasSubstr("Cache-Control: no-store"), HasSubstr("Cross-Origin-Resource-Policy: same-origin"),
                          Not(HasSubstr("unsafe")), HasSubstr("require-trusted-types-for 'script'")))
            << path;
    }
}

TEST_F(AdminPortTest, AnswersNoPageThatCallsThisMachineByAnotherName) {
    EXPECT_THAT(asked("GET /status", "evil.example"), AllOf(StartsWith("HTTP/1.1 421"), Not(HasSubstr("people"))));
    EXPECT_THAT(asked("GET /status", "127.0.0.1"), StartsWith("HTTP/1.1 200"));
}

TEST_F(AdminPortTest, SaysThatAPortIsTaken) {
    const auto second = open({true, "127.0.0.1", admin->port()});
    ASSERT_FALSE(second);
    EXPECT_EQ(second.error().fault, Fault::dependency);
    EXPECT_THAT(second.error().message, HasSubstr(std::to_string(admin->port())));
}

TEST_F(AdminPortTest, IsGoneWithItsOwner) {
    const auto port = admin->port();
    admin.reset();
    loop.run_for(std::chrono::milliseconds(1));
    EXPECT_TRUE(open({true, "127.0.0.1", port})) << "its port is free again";
}

}  // namespace
}  // namespace prelabel::app
