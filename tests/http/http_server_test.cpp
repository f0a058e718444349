#include "loopback.hpp"

#include <gmock/gmock.h>

namespace prelabel::http {
namespace {

using std::chrono::milliseconds;
using testing::EndsWith;
using testing::HasSubstr;
using testing::StartsWith;

Coroutine<bool> send_loudly(Socket* socket, std::string_view head, std::string_view body) {
    co_await write_text(socket, "HTTP/1.1 103 Early Hints\r\n\r\n" + std::string(head) + std::string(body));
    co_return true;
}
Coroutine<bool> fail_to_send(Socket* socket, std::string_view head, std::string_view) {
    co_await write_text(socket, std::string(head));
    throw std::runtime_error("a sender's secret");
}

/// What a handler for tests does: the target says which way.
Coroutine<ServerReply> echo(async::Clock* clock, ServerRequest request) {
    ServerReply reply;
    if (request.target == "/throw") throw std::runtime_error("a handler's secret");
    if (request.target == "/slow") {
        const TimePoint until = clock->now() + milliseconds(20);
        co_await async::sleep_until(*clock, until);
    }
    if (request.target == "/empty") reply.status = 204;
    if (request.target == "/loudly") reply.sender = send_loudly;
    if (request.target == "/half") reply.sender = send_half;
    if (request.target == "/silence") reply.sender = stay_silent;
    if (request.target == "/failure") reply.sender = fail_to_send;
    reply.headers.push_back({"X-Echo", std::string(request.header("x-ask"))});
    reply.body = std::string(request.method) + ' ' + std::string(request.target) + ' ' + std::string(request.body);
    co_return reply;
}

class HttpServerTest : public Loopback {
protected:
    HttpServerTest() { options_.body_bytes_max = 100'000; }

    HttpServer& server() {
        if (!server_) {
            auto listening = HttpServer::listen(executor(), clock_, options_, [this](ServerRequest request) {
                return echo(&clock_, std::move(request));
            });
            expects(listening.has_value(), "a port of the system's choice is free");
            server_ = std::move(*listening);
        }
        return *server_;
    }
    std::string talk_to_server(std::string bytes) { return run(talk(executor(), server().port(), std::move(bytes))); }

    HttpServer::Options options_;
    std::unique_ptr<HttpServer> server_;
};

std::string request(std::string_view line, std::string_view rest = "\r\n") {
    return std::string(line) + " HTTP/1.1\r\nHost: here\r\n" + std::string(rest);
}
const std::string last = request("GET /last", "Connection: close\r\n\r\n");

TEST_F(HttpServerTest, AnswersAndKeepsTheConnection) {
    const std::string replies = talk_to_server(request("POST /a", "X-Ask: 7\r\nContent-Length: 2\r\n\r\nhi") + last);
    EXPECT_THAT(replies, StartsWith("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 10\r\n"
                                    "X-Echo: 7\r\n\r\nPOST /a hiHTTP/1.1 200 OK\r\n"));
    EXPECT_THAT(replies, HasSubstr("Connection: close\r\n"));
    EXPECT_THAT(replies, EndsWith("GET /last "));
}

TEST_F(HttpServerTest, AnswersPipelinedRequestsInOrder) {
    std::string bytes;
    for (int i = 0; i < 50; ++i) bytes += request("GET /" + std::to_string(i));
    const std::string replies = talk_to_server(bytes + last);
    std::size_t at = 0;
    for (int i = 0; i < 50; ++i) {
        at = replies.find("GET /" + std::to_string(i) + ' ', at);
        ASSERT_NE(at, std::string::npos) << i;
    }
}

TEST_F(HttpServerTest, ReadsChunkedBodies) {
    EXPECT_THAT(
        talk_to_server(request(
            "POST /c", "Transfer-Encoding: chunked\r\nConnection: close\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n")),
        EndsWith("POST /c abcde"));
}

Coroutine<std::string> ask_before_sending(async::Executor executor, std::uint16_t port) {
    Socket socket = connect_to(executor, port);
    co_await write_text(&socket,
                        request("POST /e", "Content-Length: 4\r\nExpect: 100-Continue\r\nConnection: close\r\n\r\n"));
    std::string all = co_await read_until(&socket, a_header);
    co_await write_text(&socket, "body");
    const std::string rest = co_await read_until(&socket, never);
    co_return all + rest;
}

TEST_F(HttpServerTest, InvitesABodyThatWaitsToBeInvited) {
    const std::string replies = run(ask_before_sending(executor(), server().port()));
    EXPECT_THAT(replies, StartsWith("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n"));
    EXPECT_THAT(replies, EndsWith("POST /e body"));
}

TEST_F(HttpServerTest, HeadHasTheLengthButNoBody) {
    const std::string replies = talk_to_server(request("HEAD /h") + last);
    EXPECT_THAT(replies, HasSubstr("Content-Length: 8\r\nX-Echo: \r\n\r\nHTTP/1.1 200 OK\r\n"));
}

TEST_F(HttpServerTest, NoContentHasNeitherLengthNorBody) {
    EXPECT_THAT(talk_to_server(request("GET /empty") + last),
                StartsWith("HTTP/1.1 204 No Content\r\nX-Echo: \r\n\r\nHTTP/1.1 200 OK\r\n"));
}

TEST_F(HttpServerTest, SpeaksHttp10) {
    EXPECT_THAT(talk_to_server("GET /old HTTP/1.0\r\n\r\n"), HasSubstr("Connection: close\r\n"));
    EXPECT_THAT(talk_to_server("GET /old HTTP/1.0\r\nConnection: keep-alive\r\n\r\n" + last),
                HasSubstr("Connection: keep-alive\r\n"));
}

TEST_F(HttpServerTest, RefusesWhatIsMalformedOrTooLarge) {
    EXPECT_THAT(talk_to_server("nonsense\r\n\r\n"), StartsWith("HTTP/1.1 400 Bad Request\r\n"));
    EXPECT_THAT(talk_to_server(request("GET /", "X: " + std::string(70'000, 'x') + "\r\n\r\n")),
                StartsWith("HTTP/1.1 431 Request Header Fields Too Large\r\n"));
    EXPECT_THAT(talk_to_server(request("POST /", "Content-Length: 100001\r\n\r\n" + std::string(100'001, 'x'))),
                StartsWith("HTTP/1.1 413 Content Too Large\r\n"));
}

TEST_F(HttpServerTest, AHandlersExceptionIsA500WithoutItsText) {
    const std::string replies = talk_to_server(request("GET /throw") + last);
    EXPECT_THAT(replies, StartsWith("HTTP/1.1 500 Internal Server Error\r\n"));
    EXPECT_THAT(replies, testing::Not(HasSubstr("secret")));
    EXPECT_THAT(replies, EndsWith("GET /last "));
}

TEST_F(HttpServerTest, LetsASenderWriteOnTheConnectionAndGoesOnWithIt) {
    const std::string replies = talk_to_server(request("GET /loudly") + request("HEAD /loudly") + last);
    EXPECT_THAT(replies, StartsWith("HTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.1 200 OK\r\n"));
    EXPECT_THAT(replies, HasSubstr("\r\n\r\nGET /loudly HTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.1 200 OK\r\n"));
    EXPECT_THAT(replies, HasSubstr("X-Echo: \r\n\r\nHTTP/1.1 200 OK\r\n"));
    EXPECT_THAT(replies, EndsWith("GET /last "));
}

TEST_F(HttpServerTest, EndsAConnectionWhoseSenderHasNotSentAll) {
    EXPECT_THAT(talk_to_server(request("GET /half") + last), EndsWith("Content-Length: 10\r\nX-Echo: \r\n\r\nGET /"));
    EXPECT_THAT(talk_to_server(request("GET /failure") + last), EndsWith("Content-Length: 13\r\nX-Echo: \r\n\r\n"));
}

Coroutine<std::string> stay_then_close(async::Executor executor, HttpServer* server) {
    Socket socket = connect_to(executor, server->port());
    co_await write_text(&socket, request("GET /silence"));
    Socket other = connect_to(executor, server->port());
    co_await write_text(&other, last);
    std::string beside = co_await read_until(&other, never);
    co_await server->close();
    const std::string silent = co_await read_until(&socket, never);
    co_return beside + '|' + silent;
}

TEST_F(HttpServerTest, ASenderThatStaysHindersNeitherOthersNorTheEnd) {
    EXPECT_THAT(run(stay_then_close(executor(), &server())), EndsWith("GET /last |"));
}

Coroutine<std::string> close_during_request(async::Executor executor, HttpServer* server) {
    Socket idle = connect_to(executor, server->port());
    Socket busy = connect_to(executor, server->port());
    co_await write_text(&idle, request("GET /first"));
    static_cast<void>(co_await read_until(&idle, a_header));
    co_await write_text(&busy, request("GET /slow") + request("GET /never"));
    co_await write_text(&idle, request("GET /second"));
    static_cast<void>(co_await read_until(&idle, a_header));
    co_await server->close();
    const std::string from_idle = co_await read_until(&idle, never);
    const std::string from_busy = co_await read_until(&busy, never);
    co_return from_idle + '|' + from_busy;
}

TEST_F(HttpServerTest, ClosingFinishesRunningHandlersAndDropsIdleConnections) {
    const std::string rest = run(close_during_request(executor(), &server()));
    EXPECT_THAT(rest, StartsWith("|HTTP/1.1 200 OK\r\n"));
    EXPECT_THAT(rest, HasSubstr("Connection: close\r\n"));
    EXPECT_THAT(rest, EndsWith("GET /slow "));
}

/// Begins a request, waits until the server has seen it, and asks over another connection.
Coroutine<std::string> ask_beside(async::Executor executor, std::uint16_t port, std::string first) {
    Socket socket = connect_to(executor, port);
    co_await write_text(&socket, request("GET /first") + first);
    static_cast<void>(co_await read_until(&socket, a_header));
    std::string beside = co_await talk(executor, port, last);
    co_return beside;
}

TEST_F(HttpServerTest, RefusesConnectionsBeyondItsBound) {
    options_.connections_max = 1;
    EXPECT_THAT(run(ask_beside(executor(), server().port(), "GET /half")),
                StartsWith("HTTP/1.1 503 Service Unavailable\r\n"));
}

TEST_F(HttpServerTest, AnIdleConnectionMakesPlaceForAnother) {
    options_.connections_max = 1;
    EXPECT_THAT(run(ask_beside(executor(), server().port(), "")), EndsWith("GET /last "));
}

TEST_F(HttpServerTest, AcceptsNoBodyWhereItIsToldNot) {
    options_.body_bytes_max = 0;
    EXPECT_THAT(talk_to_server(request("POST /", "Content-Length: 1000000000\r\n\r\n")),
                StartsWith("HTTP/1.1 413 Content Too Large\r\n"));
    EXPECT_THAT(talk_to_server(request("POST /", "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n")),
                StartsWith("HTTP/1.1 413 Content Too Large\r\n"));
    EXPECT_THAT(talk_to_server(request("POST /", "Content-Length: 1000\r\nExpect: 100-continue\r\n\r\n")),
                StartsWith("HTTP/1.1 413 Content Too Large\r\n"));
    EXPECT_THAT(talk_to_server(request("GET /g", "Content-Length: 0\r\n\r\n") + last), HasSubstr("GET /g "));
}

// Each byte would keep the idle time-out away; the whole request has a time of its own.
Coroutine<> drip_request(async::Clock* clock, async::Executor executor, std::uint16_t port) {
    Socket socket = connect_to(executor, port);
    boost::system::error_code error;
    while (!error) {
        static_cast<void>(socket.write_some(boost::asio::buffer("G", 1), error));
        const TimePoint until = clock->now() + milliseconds(2);
        co_await async::sleep_until(*clock, until);
    }
}

TEST_F(HttpServerTest, ARequestMayNotTakeForEver) {
    options_.request_time_max = milliseconds(20);
    const TimePoint begin = clock_.now();
    run(drip_request(&clock_, executor(), server().port()));
    EXPECT_GE(clock_.now() - begin, milliseconds(20));
}

TEST_F(HttpServerTest, OverLoopbackTheHostIsThisMachine) {
    options_.loopback_names_only = true;
    const std::string rest = "\r\nConnection: close\r\n\r\n";
    EXPECT_THAT(talk_to_server("GET /a HTTP/1.1\r\nHost: rebound.example:9464" + rest),
                StartsWith("HTTP/1.1 421 Misdirected Request\r\n"));
    EXPECT_THAT(talk_to_server("GET /a HTTP/1.1" + rest), StartsWith("HTTP/1.1 421 "));
    EXPECT_THAT(talk_to_server("GET /a HTTP/1.1\r\nHost: localhost:8080" + rest), EndsWith("GET /a "));
    EXPECT_THAT(talk_to_server("GET /a HTTP/1.0\r\n\r\n"), EndsWith("GET /a "));
}

TEST_F(HttpServerTest, SaysWhyItCannotListen) {
    HttpServer::Options taken;
    taken.port = server().port();
    const auto second = HttpServer::listen(executor(), clock_, taken, {});
    ASSERT_FALSE(second);
    EXPECT_EQ(second.error().fault, Fault::dependency) << "it may be free in a moment";
    EXPECT_EQ(second.error().message,
              "cannot listen on 127.0.0.1:" + std::to_string(taken.port) + ": address already in use");
    HttpServer::Options nowhere;
    nowhere.address = "localhost";
    EXPECT_FALSE(HttpServer::listen(executor(), clock_, nowhere, {}));
    nowhere.address = "192.0.2.1";  // of no machine
    const auto elsewhere = HttpServer::listen(executor(), clock_, nowhere, {});
    ASSERT_FALSE(elsewhere);
    EXPECT_EQ(elsewhere.error().fault, Fault::config);
}

TEST_F(HttpServerTest, MovesLargeBodiesBothWays) {
    const std::string body(100'000, 'b');
    EXPECT_THAT(talk_to_server(request("POST /l", "Content-Length: 100000\r\nConnection: close\r\n\r\n" + body)),
                EndsWith("POST /l " + body));
}

}  // namespace
}  // namespace prelabel::http
