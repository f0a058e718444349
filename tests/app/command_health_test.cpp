#include "../http/loopback.hpp"
#include "app/exit_code.hpp"
#include "command_line.hpp"
#include "http_thread.hpp"

#include <chrono>
#include <string>
#include <utility>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace prelabel::app {
namespace {

using ::testing::AllOf;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

/// Answers each path with this status and text.
class Port : public HttpThread {
public:
    Port(int status, std::string text)
        : HttpThread([status, text = std::move(text)](const http::ServerRequest& request) {
              http::ServerReply reply;
              reply.status = status;
              reply.body = std::string(request.method) + " " + std::string(request.target) + ": " + text;
              return reply;
          }) {}
};

/// A port that takes connections and says nothing: as a worker whose loop is stuck.
class SilentPort {
public:
    [[nodiscard]] std::uint16_t port() const { return acceptor_.local_endpoint().port(); }

private:
    boost::asio::io_context loop_{1};
    http::tcp::acceptor acceptor_{loop_, http::tcp::endpoint(boost::asio::ip::address_v4::loopback(), 0)};
};

std::uint16_t a_port_that_nobody_has() { return SilentPort().port(); }

class HealthCommand : public CommandTest {
protected:
    void listen(const std::string& address) { configure("admin: {listen: \"" + address + "\"}\n"); }
    [[nodiscard]] Ended health(const std::string& more = {}) const { return run("health" + config() + more); }
};

TEST_F(HealthCommand, AsksThePortOfTheConfiguration) {
    const Port port(200, "ok\n");
    const std::string where = "127.0.0.1:" + std::to_string(port.port());
    listen(where);
    auto ended = health();
    EXPECT_EQ(ended.code, done) << ended.err;
    EXPECT_EQ(ended.out, "http://" + where + "/healthz: GET /healthz: ok\n");
    EXPECT_EQ(ended.err, "");
    ended = health(" --ready");
    EXPECT_EQ(ended.code, done);
    EXPECT_EQ(ended.out, "http://" + where + "/readyz: GET /readyz: ok\n");
}

TEST_F(HealthCommand, AsksOverLoopbackAPortThatListensEverywhere) {
    const Port port(200, "ok\n");
    for (const char* everywhere : {"0.0.0.0:", "[::]:"}) {
        listen(everywhere + std::to_string(port.port()));
        EXPECT_EQ(health().code, done) << everywhere;
    }
}

TEST_F(HealthCommand, NeedsNoConfigurationForAnAddress) {
    const Port port(200, "ok\n");
    const auto ended = run("health --url http://localhost:" + std::to_string(port.port()) + "/");
    EXPECT_EQ(ended.code, done) << ended.err;
    EXPECT_THAT(ended.out, StartsWith("http://localhost:"));
}

TEST_F(HealthCommand, FailsWithTheWorkersOwnReason) {
    const Port port(503, "not ready: draining\n<script>");
    const std::string where = "127.0.0.1:" + std::to_string(port.port());
    listen(where);
    const auto ended = health(" --ready");
    EXPECT_EQ(ended.code, failed);
    EXPECT_EQ(ended.out, "");
    EXPECT_EQ(ended.err, "prelabel: http://" + where + "/readyz: 503, GET /readyz: not ready: draining\n");
}

TEST_F(HealthCommand, FailsWhereNobodyListens) {
    listen("127.0.0.1:" + std::to_string(a_port_that_nobody_has()));
    const auto ended = health();
    EXPECT_EQ(ended.code, failed);
    EXPECT_THAT(ended.err, AllOf(StartsWith("prelabel: http://127.0.0.1:"), EndsWith("connection refused\n")));
    EXPECT_EQ(lines(ended.err), 1U);
}

TEST_F(HealthCommand, WaitsTwoSecondsForALoopThatIsStuck) {
    const SilentPort stuck;
    listen("127.0.0.1:" + std::to_string(stuck.port()));
    const auto before = std::chrono::steady_clock::now();
    const auto ended = health();
    const auto took = std::chrono::steady_clock::now() - before;
    EXPECT_EQ(ended.code, failed);
    EXPECT_THAT(ended.err, EndsWith("/healthz: no answer within 2 s\n"));
    EXPECT_GE(took, std::chrono::milliseconds(1'900));
    EXPECT_LE(took, std::chrono::seconds(4));
}

TEST_F(HealthCommand, IsNotFooledByAnotherServer) {
    const Port page(200, std::string(100'000, 'x'));
    auto ended = run("health --url http://127.0.0.1:" + std::to_string(page.port()));
    EXPECT_EQ(ended.code, failed);
    EXPECT_THAT(ended.err, HasSubstr("larger than 4096 bytes"));
    const Port other(404, "\x1b[31mno such page\r\nSet-Cookie: a=b");
    ended = run("health --url http://127.0.0.1:" + std::to_string(other.port()));
    EXPECT_EQ(ended.code, failed);
    EXPECT_THAT(ended.err, AllOf(EndsWith("/healthz: 404, GET /healthz: [31mno such page\n"), Not(HasSubstr("\x1b"))));
}

TEST_F(HealthCommand, SaysWhyThereIsNoPortToAsk) {
    listen("off");
    EXPECT_EQ(health().code, failed);
    EXPECT_EQ(health().err, "prelabel: admin.listen is off, so there is no port to ask\n");
    listen("127.0.0.1:0");
    EXPECT_EQ(health().code, failed);
    EXPECT_THAT(health().err, EndsWith("name it with --url\n"));
    EXPECT_EQ(run("health -c " + folder.path("absent.yaml")).code, failed);
}

TEST_F(HealthCommand, RefusesWhatIsNoAddressOfAnAdminPort) {
    for (const char* url : {"127.0.0.1:9464", "https://127.0.0.1:9464", "http://127.0.0.1:9464/healthz", "http://",
                            "http://user:pass@127.0.0.1:9464", "ftp://127.0.0.1"})
        EXPECT_THAT(parsed("health --url " + std::string(url)).refused,
                    AllOf(HasSubstr(url), HasSubstr("expected an address such as http://127.0.0.1:9464")));
    EXPECT_THAT(parsed("health -c c.yaml --url http://127.0.0.1:9464").refused, HasSubstr("--url"));
}

}  // namespace
}  // namespace prelabel::app
