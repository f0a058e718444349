#include "loopback.hpp"

#include <prelabel/base/rng.hpp>
#include <prelabel/http/http_client.hpp>

#include <gmock/gmock.h>

namespace prelabel::http {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::HasSubstr;

const std::string ok = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

class HttpClientTest : public Loopback {
protected:
    HttpClient& client(std::uint16_t port, std::string host = "127.0.0.1") {
        auto made = HttpClient::make(executor(), clock_, Endpoint{false, std::move(host), port}, settings_);
        expects(made.has_value(), "a plain client needs nothing");
        client_ = std::move(*made);
        head_ = client_->prepare_post("/v1/call", {{"X-Test", "1"}});
        return *client_;
    }
    HttpOutcome post(Duration within = seconds(50), std::string body = "{}") {
        return run(client_->post(head_, std::make_shared<const std::string>(std::move(body)), clock_.now() + within));
    }
    HttpFailure failed_post(Duration within = seconds(50)) {
        HttpOutcome outcome = post(within);
        expects(std::holds_alternative<HttpFailure>(outcome), "this call fails");
        return std::get<HttpFailure>(outcome);
    }
    std::string posted_body(Duration within = seconds(50)) {
        HttpOutcome outcome = post(within);
        if (auto* failure = std::get_if<HttpFailure>(&outcome)) return "failure: " + failure->message;
        return std::get<HttpResponse>(outcome).body;
    }
    /// A server that reads a request's header, sends `bytes` and closes.
    RawServer once(std::string bytes) {
        return RawServer(executor(), [bytes](Socket* socket, int) { return answer_and_close(socket, bytes); });
    }
    static Task<> answer_and_close(Socket* socket, std::string bytes) {
        static_cast<void>(co_await read_until(socket, a_request));
        co_await write_text(socket, std::move(bytes));
    }
    /// A server that sends `bytes` and then waits for the client to leave.
    RawServer stays(std::string bytes) {
        return RawServer(executor(), [bytes](Socket* socket, int) { return answer_and_stay(socket, bytes); });
    }
    static Task<> answer_and_stay(Socket* socket, std::string bytes) {
        static_cast<void>(co_await read_until(socket, a_request));
        co_await write_text(socket, std::move(bytes));
        static_cast<void>(co_await read_until(socket, never));
    }
    static bool a_request(const std::string& all) { return all.ends_with("\r\n\r\n{}"); }

    Settings settings_;
    std::unique_ptr<HttpClient> client_;
    std::shared_ptr<const std::string> head_;
};

TEST_F(HttpClientTest, SendsThePreparedRequestAndReadsTheResponse) {
    std::string seen;
    std::string* out = &seen;
    RawServer server(executor(), [out](Socket* socket, int) -> Task<> {
        return [](Socket* peer, std::string* request) -> Task<> {
            *request = co_await read_until(peer, a_request);
            co_await write_text(peer, "HTTP/1.1 429 Slow\r\nRetry-After: 7\r\nContent-Length: 4\r\n\r\nwait");
        }(socket, out);
    });
    client(server.port());
    HttpOutcome outcome = post();
    EXPECT_EQ(seen, "POST /v1/call HTTP/1.1\r\nHost: 127.0.0.1:" + std::to_string(server.port()) +
                        "\r\nAccept-Encoding: identity\r\nX-Test: 1\r\nContent-Length: 2\r\n\r\n{}");
    const auto& response = std::get<HttpResponse>(outcome);
    EXPECT_EQ(response.status, 429U);
    EXPECT_EQ(response.headers.find("retry-after"), "7");
    EXPECT_EQ(response.body, "wait");
    EXPECT_EQ(client_->stats().calls_answered, 1U);
}

Task<ServerReply> reply_with_size(ServerRequest request) {
    ServerReply reply;
    reply.body = std::to_string(request.body.size());
    co_return reply;
}

TEST_F(HttpClientTest, KeepsConnections) {
    auto server = HttpServer::listen(executor(), clock_, {}, reply_with_size);
    ASSERT_TRUE(server);
    client((*server)->port());
    for (int i = 0; i < 20; ++i) EXPECT_EQ(posted_body(), "2");
    EXPECT_EQ(client_->stats().connections_opened, 1U);
    EXPECT_EQ(client_->stats().connections_reused, 19U);
    EXPECT_EQ(client_->stats().connections_idle, 1U);
}

TEST_F(HttpClientTest, SendsLargeBodies) {
    auto server = HttpServer::listen(executor(), clock_, {}, reply_with_size);
    ASSERT_TRUE(server);
    client((*server)->port());
    HttpOutcome outcome = post(seconds(50), std::string(9'000'000, 'x'));
    EXPECT_EQ(std::get<HttpResponse>(outcome).body, "9000000");
}

Task<> count_answer(HttpClient* client, std::shared_ptr<const std::string> head, TimePoint deadline, int* answers,
                    int* pending) {
    auto body = std::make_shared<const std::string>(1'000, 'x');
    HttpOutcome outcome = co_await client->post(std::move(head), std::move(body), deadline);
    if (const auto* response = std::get_if<HttpResponse>(&outcome)) *answers += response->body == "1000" ? 1 : 0;
    --*pending;
}

TEST_F(HttpClientTest, CarriesAThousandCallsAtOnce) {
    auto server = HttpServer::listen(executor(), clock_, {}, reply_with_size);
    ASSERT_TRUE(server);
    client((*server)->port());
    int answers = 0;
    for (int round = 1; round <= 2; ++round) {
        int pending = 1'000;
        for (int i = 0; i < 1'000; ++i) {
            boost::asio::co_spawn(
                io_, count_answer(client_.get(), head_, clock_.now() + seconds(50), &answers, &pending), rethrow);
        }
        while (pending > 0 && io_.run_one_for(seconds(60)) > 0) {
        }
        EXPECT_EQ(answers, 1'000 * round);
    }
    EXPECT_LE(client_->stats().connections_opened, 1'000U);
    EXPECT_EQ(client_->stats().connections_busy, 0U);
}

Task<> answer_twice_on_first(Socket* socket, int connection) {
    static_cast<void>(co_await read_until(socket, [](const std::string& all) { return all.ends_with("{}"); }));
    co_await write_text(socket, ok);
    if (connection == 1) co_return;  // closes the idle connection
    static_cast<void>(co_await read_until(socket, never));
}

TEST_F(HttpClientTest, SendsAgainWhenAnIdleConnectionHasDied) {
    RawServer server(executor(), answer_twice_on_first);
    client(server.port());
    EXPECT_EQ(posted_body(), "ok");
    EXPECT_EQ(posted_body(), "ok");
    EXPECT_EQ(server.connections(), 2);
    EXPECT_EQ(client_->stats().resent, 1U);
    EXPECT_EQ(client_->stats().calls_answered, 2U);
}

TEST_F(HttpClientTest, DoesNotSendAgainWhatFailedOnANewConnection) {
    RawServer server = once("");
    client(server.port());
    const HttpFailure failure = failed_post();
    EXPECT_EQ(failure.kind, FailureKind::connection);
    EXPECT_EQ(failure.sent, Sent::unknown);
    EXPECT_THAT(failure.message, HasSubstr("closed the connection without a response"));
    EXPECT_EQ(server.connections(), 1);
    EXPECT_EQ(client_->stats().calls_sent_unknown, 1U);
}

TEST_F(HttpClientTest, DropsConnectionsThatAreTooOld) {
    settings_.keep_alive = milliseconds(1);
    RawServer server = stays(ok);
    client(server.port());
    EXPECT_EQ(posted_body(), "ok");
    run(pipeline::sleep_until(clock_, clock_.now() + milliseconds(30)));
    EXPECT_EQ(client_->stats().connections_idle, 0U);
    EXPECT_EQ(posted_body(), "ok");
    EXPECT_EQ(client_->stats().connections_opened, 2U);
    EXPECT_EQ(client_->stats().resent, 0U);
}

TEST_F(HttpClientTest, ReadsEveryWayToEndAResponse) {
    const std::string line = "HTTP/1.1 200 OK\r\n";
    for (const std::string& bytes :
         {line + "\r\nok", line + "Transfer-Encoding: chunked\r\n\r\n1\r\no\r\n1\r\nk\r\n0\r\n\r\n",
          "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Hints\r\nLink: x\r\n\r\n" + ok,
          std::string("HTTP/1.0 200 OK\r\n\r\nok"), line + "Connection: close\r\nContent-Length: 2\r\n\r\nok"}) {
        RawServer server = once(bytes);
        client(server.port());
        EXPECT_EQ(posted_body(), "ok") << bytes;
    }
}

TEST_F(HttpClientTest, DoesNotReuseWhatTheServerWillCloseOrHasSpoiled) {
    for (const std::string& bytes : {std::string("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok"),
                                     std::string("HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok"), ok + "more"}) {
        RawServer server = stays(bytes);
        client(server.port());
        EXPECT_EQ(posted_body(), "ok") << bytes;
        EXPECT_EQ(client_->stats().connections_idle, 0U) << bytes;
    }
}

TEST_F(HttpClientTest, DoesNotFollowRedirects) {
    RawServer server = once("HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n");
    client(server.port());
    HttpOutcome outcome = post();
    EXPECT_EQ(std::get<HttpResponse>(outcome).status, 302U);
}

TEST_F(HttpClientTest, ATruncatedResponseIsAFailureThatMayHaveBeenPaid) {
    for (const std::string& bytes :
         {std::string("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nok"), std::string("HTTP/1.1 200"),
          std::string("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n")}) {
        RawServer server = once(bytes);
        client(server.port());
        const HttpFailure failure = failed_post();
        EXPECT_EQ(failure.kind, FailureKind::connection) << bytes;
        EXPECT_EQ(failure.sent, Sent::unknown);
        EXPECT_THAT(failure.message, HasSubstr("in the middle of its response"));
    }
}

TEST_F(HttpClientTest, BoundsHeaderAndBody) {
    settings_.header_bytes_max = 1'000;
    settings_.body_bytes_max = 1'000;
    for (const std::string& bytes : {"HTTP/1.1 200 OK\r\nX: " + std::string(2'000, 'x'),
                                     std::string("HTTP/1.1 200 OK\r\nContent-Length: 1001\r\n\r\n"),
                                     "HTTP/1.1 200 OK\r\n\r\n" + std::string(1'001, 'x')}) {
        RawServer server = stays(bytes);
        client(server.port());
        const HttpFailure failure = failed_post();
        EXPECT_EQ(failure.kind, FailureKind::malformed);
        EXPECT_THAT(failure.message, HasSubstr("is larger than 1000 bytes"));
    }
}

TEST_F(HttpClientTest, WhatIsNotHttpIsMalformed) {
    RawServer server = stays("SSH-2.0-OpenSSH_9.2\r\n");
    client(server.port());
    const HttpFailure failure = failed_post();
    EXPECT_EQ(failure.kind, FailureKind::malformed);
    EXPECT_THAT(failure.message, HasSubstr("is not an HTTP/1.1 response"));
}

TEST_F(HttpClientTest, ReadsAnAnswerThatComesBeforeTheRequestWasRead) {
    RawServer server(executor(), [](Socket* socket, int) {
        return write_text(socket, "HTTP/1.1 413 Too Large\r\nConnection: close\r\nContent-Length: 2\r\n\r\nno");
    });
    client(server.port());
    HttpOutcome outcome = post();
    // The reset that follows may overtake the answer; nothing else may happen.
    if (const auto* response = std::get_if<HttpResponse>(&outcome)) {
        EXPECT_EQ(response->status, 413U);
    } else {
        EXPECT_EQ(std::get<HttpFailure>(outcome).kind, FailureKind::connection);
    }
}

TEST_F(HttpClientTest, GivesUpOnASilentServer) {
    settings_.idle_timeout = milliseconds(30);
    RawServer server = stays("");
    client(server.port());
    const HttpFailure failure = failed_post();
    EXPECT_EQ(failure.kind, FailureKind::timed_out);
    EXPECT_EQ(failure.sent, Sent::unknown);
    EXPECT_EQ(failure.message, "no byte from 127.0.0.1:" + std::to_string(server.port()) + " for 30 ms");
}

Task<> drip_forever(pipeline::Clock* clock, Socket* socket) {
    static_cast<void>(co_await read_until(socket, [](const std::string& all) { return all.ends_with("{}"); }));
    co_await write_text(socket, "HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n");
    while (socket->is_open()) {
        const TimePoint until = clock->now() + milliseconds(5);
        co_await pipeline::sleep_until(*clock, until);
        boost::system::error_code error;
        static_cast<void>(socket->write_some(boost::asio::buffer("x", 1), error));
        if (error) co_return;
    }
}

TEST_F(HttpClientTest, ADripHoldsACallNoLongerThanItsDeadline) {
    settings_.idle_timeout = seconds(20);
    RawServer server(executor(), [this](Socket* socket, int) { return drip_forever(&clock_, socket); });
    client(server.port());
    const TimePoint begin = clock_.now();
    const HttpFailure failure = failed_post(milliseconds(100));
    EXPECT_EQ(failure.kind, FailureKind::timed_out);
    EXPECT_THAT(failure.message, HasSubstr("before the call's deadline"));
    EXPECT_GE(clock_.now() - begin, milliseconds(100));
    EXPECT_LT(clock_.now() - begin, seconds(10));
    while (server.busy() > 0 && io_.run_one_for(seconds(60)) > 0) {
    }  // the server notices that its peer has left
    EXPECT_EQ(server.busy(), 0);
}

TEST_F(HttpClientTest, ADeadlineThatHasPassedSendsNothing) {
    RawServer server = stays(ok);
    client(server.port());
    EXPECT_EQ(failed_post(-seconds(1)).sent, Sent::no);
    EXPECT_EQ(server.connections(), 0);
    EXPECT_EQ(client_->stats().calls_not_sent, 1U);
}

TEST_F(HttpClientTest, SaysWhoRefusedTheConnection) {
    std::uint16_t port = 0;
    {
        boost::asio::basic_socket_acceptor<tcp, pipeline::Executor> gone(
            executor(), tcp::endpoint(boost::asio::ip::address_v4::loopback(), 0));
        port = gone.local_endpoint().port();
    }
    client(port);
    const HttpFailure failure = failed_post();
    EXPECT_EQ(failure.kind, FailureKind::connection);
    EXPECT_EQ(failure.sent, Sent::no);
    EXPECT_EQ(failure.message, "cannot connect to 127.0.0.1:" + std::to_string(port) + ": connection refused");
}

TEST_F(HttpClientTest, SaysWhichNameItCannotResolve) {
    client(80, "no-such-host.invalid");
    const HttpFailure failure = failed_post();
    EXPECT_EQ(failure.sent, Sent::no);
    EXPECT_THAT(failure.message, testing::StartsWith("cannot resolve no-such-host.invalid"));
}

TEST_F(HttpClientTest, TriesEveryAddressOfAName) {
    RawServer server = stays(ok);  // on 127.0.0.1 only, while localhost is also ::1 in many places
    client(server.port(), "localhost");
    EXPECT_EQ(posted_body(), "ok");
}

Task<> abort_soon(pipeline::Clock* clock, HttpClient* client) {
    const TimePoint until = clock->now() + milliseconds(20);
    co_await pipeline::sleep_until(*clock, until);
    client->abort();
}

TEST_F(HttpClientTest, AbortingEndsCallsInProgressAndLaterOnes) {
    RawServer server = stays("");
    client(server.port());
    boost::asio::co_spawn(io_, abort_soon(&clock_, client_.get()), rethrow);
    const HttpFailure failure = failed_post();
    EXPECT_EQ(failure.kind, FailureKind::connection);
    EXPECT_EQ(failure.sent, Sent::unknown);
    EXPECT_EQ(failure.message, "the call was ended because the program stops");
    EXPECT_EQ(failed_post().sent, Sent::no);
    EXPECT_EQ(server.connections(), 1);
}

// Deadlines that pass while the answer arrives: whichever wins, the call ends once and the next one is not harmed.
TEST_F(HttpClientTest, SurvivesRacesBetweenAnswersAndDeadlines) {
    auto server = HttpServer::listen(executor(), clock_, {}, reply_with_size);
    ASSERT_TRUE(server);
    client((*server)->port());
    for (int i = 0; i < 300; ++i) {
        HttpOutcome outcome = post(std::chrono::microseconds(i * 20));
        if (auto* failure = std::get_if<HttpFailure>(&outcome)) {
            EXPECT_EQ(failure->kind, FailureKind::timed_out) << failure->message;
        } else {
            EXPECT_EQ(std::get<HttpResponse>(outcome).body, "2");
        }
    }
    EXPECT_EQ(posted_body(), "2");
}

TEST_F(HttpClientTest, AnyBytesEndACallInAnOrderlyWay) {
    for (std::uint64_t seed = 0; seed < 300; ++seed) {
        Rng rng(seed);
        std::string bytes = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nX-Y: z\r\n\r\nhello";
        if (seed % 3 == 0) bytes = std::string(rng.below(2'000), ' ');
        const std::uint64_t changes = seed % 3 == 0 ? bytes.size() : 1 + rng.below(5);
        for (std::uint64_t n = 0; n < changes; ++n) bytes[rng.below(bytes.size())] = static_cast<char>(rng.next());
        RawServer server = once(bytes);
        client(server.port());
        HttpOutcome outcome = post();
        if (auto* failure = std::get_if<HttpFailure>(&outcome)) {
            EXPECT_NE(failure->kind, FailureKind::timed_out) << "seed " << seed;
            EXPECT_FALSE(failure->message.empty()) << "seed " << seed;
        }
    }
}

}  // namespace
}  // namespace prelabel::http
