#include "http_client_fixture.hpp"

#include <gmock/gmock.h>

namespace prelabel::http {
namespace {

using testing::EndsWith;
using testing::HasSubstr;
using testing::StartsWith;

TEST_F(HttpClientTest, SendsThePreparedRequestAndReadsTheResponse) {
    std::string seen;
    std::string* out = &seen;
    RawServer server(executor(), [out](Socket* socket, int) -> Coroutine<> {
        return [](Socket* peer, std::string* request) -> Coroutine<> {
            *request = co_await read_until(peer, a_request);
            co_await write_text(peer, "HTTP/1.1 429 Slow\r\nRetry-After: 7\r\nContent-Length: 4\r\n\r\nwait");
        }(socket, out);
    });
    client(server.port());
    HttpOutcome outcome = post();
    EXPECT_THAT(seen, StartsWith("POST /v1/call HTTP/1.1\r\nHost: 127.0.0.1:" + std::to_string(server.port()) +
                                 "\r\nAccept-Encoding: identity\r\nX-Test: 1\r\nX-Request-Id: "));
    EXPECT_THAT(seen, HasSubstr("\r\nX-Client-Request-Id: "));
    EXPECT_THAT(seen, EndsWith("\r\nContent-Length: 2\r\n\r\n{}"));
    const auto& response = std::get<HttpResponse>(outcome);
    EXPECT_EQ(response.status, 429U);
    EXPECT_EQ(response.headers.find("retry-after"), "7");
    EXPECT_EQ(response.body, "wait");
    EXPECT_EQ(client_->stats().calls_answered, 1U);
}

TEST_F(HttpClientTest, GetsWithoutABody) {
    auto server = HttpServer::listen(executor(), clock_, {}, [](ServerRequest request) -> Coroutine<ServerReply> {
        ServerReply reply;
        reply.body = std::string(request.method) + ' ' + std::string(request.target) + std::string(request.body);
        co_return reply;
    });
    ASSERT_TRUE(server);
    HttpOutcome outcome = run(client((*server)->port()).get("/healthz", clock_.now() + seconds(50)));
    EXPECT_EQ(std::get<HttpResponse>(outcome).body, "GET /healthz");
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

Coroutine<> count_answer(HttpClient* client, std::shared_ptr<const std::string> head, TimePoint deadline, int* answers,
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

Coroutine<> count_requests(Socket* socket, int* requests) {
    const std::string came = co_await read_until(socket, [](const std::string& all) { return all.ends_with("{}"); });
    if (came.starts_with("POST ")) ++*requests;
}

TEST_F(HttpClientTest, DoesNotSendAgainWhatFailedOnANewConnection) {
    int requests = 0;
    RawServer server(executor(), [&requests](Socket* socket, int) { return count_requests(socket, &requests); });
    settings_.connect_timeout = milliseconds(50);  // nobody answers a hello there
    client(server.port());
    const HttpFailure failure = failed_post();
    EXPECT_EQ(failure.kind, FailureKind::connection);
    EXPECT_EQ(failure.sent, Sent::unknown);
    EXPECT_THAT(failure.message, HasSubstr("closed the connection without a response"));
    EXPECT_EQ(requests, 1);
    EXPECT_EQ(client_->stats().calls_sent_unknown, 1U);
}

TEST_F(HttpClientTest, DropsConnectionsThatAreTooOld) {
    settings_.keep_alive = milliseconds(1);
    RawServer server = stays(ok);
    client(server.port());
    EXPECT_EQ(posted_body(), "ok");
    run(async::sleep_until(clock_, clock_.now() + milliseconds(30)));
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

}  // namespace
}  // namespace prelabel::http
