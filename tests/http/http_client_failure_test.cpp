#include "http_client_fixture.hpp"

#include <prelabel/base/rng.hpp>

#include <gmock/gmock.h>

namespace prelabel::http {
namespace {

using testing::HasSubstr;

class HttpClientFailureTest : public HttpClientTest {};

TEST_F(HttpClientFailureTest, ATruncatedResponseIsAFailureThatMayHaveBeenPaid) {
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

TEST_F(HttpClientFailureTest, BoundsHeaderAndBody) {
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

TEST_F(HttpClientFailureTest, AConnectionThatBrokeIsNoWrongAddress) {
    RawServer server(executor(), [](Socket* socket, int connection) {
        return connection == 4 ? answer_and_close(socket, ok) : answer_and_close(socket, "");
    });
    settings_.connect_timeout = milliseconds(50);
    client(server.port());
    EXPECT_EQ(failed_post().kind, FailureKind::connection);
    EXPECT_EQ(server.connections(), 2) << "the second asks whether the port speaks TLS";
    EXPECT_EQ(failed_post().kind, FailureKind::connection);
    EXPECT_EQ(server.connections(), 4);
    for (int i = 0; i < 3; ++i) EXPECT_EQ(failed_post().kind, FailureKind::connection);
    EXPECT_EQ(server.connections(), 8) << "it is asked three times at most";
}

TEST_F(HttpClientFailureTest, APortThatHasAnsweredInPlainHttpIsNotDoubted) {
    for (const char* head : {"HTTP/1.1 200 OK", "HTTP/1.1 400 Bad Request", "HTTP/1.1 503 Busy"}) {
        RawServer server(executor(), [head](Socket* socket, int connection) {
            return answer_and_close(socket, connection > 1 ? ""
                                                           : std::string(head) +
                                                                 "\r\nConnection: close\r\nContent-Length: "
                                                                 "3\r\n\r\n {}");
        });
        client(server.port());
        EXPECT_EQ(posted_body(), " {}");
        EXPECT_EQ(failed_post().kind, FailureKind::connection);
        EXPECT_EQ(server.connections(), 2) << head;
    }
}

TEST_F(HttpClientFailureTest, WhatIsNotHttpIsMalformed) {
    settings_.connect_timeout = milliseconds(50);  // nobody answers a hello there
    RawServer server = stays("SSH-2.0-OpenSSH_9.2\r\n");
    client(server.port());
    const HttpFailure failure = failed_post();
    EXPECT_EQ(failure.kind, FailureKind::malformed);
    EXPECT_THAT(failure.message, HasSubstr("is not an HTTP/1.1 response"));
}

TEST_F(HttpClientFailureTest, ReadsAnAnswerThatComesBeforeTheRequestWasRead) {
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

// A model that does not stream is silent until its answer is done, however long that takes.
Coroutine<> think_then_answer(async::Clock* clock, Socket* socket, std::string before) {
    static_cast<void>(co_await read_until(socket, [](const std::string& all) { return all.ends_with("{}"); }));
    co_await write_text(socket, std::move(before));
    const TimePoint until = clock->now() + milliseconds(60);
    co_await async::sleep_until(*clock, until);
    co_await write_text(socket, ok);
}

TEST_F(HttpClientFailureTest, SilenceBeforeTheResponseIsNotIdle) {
    settings_.idle_timeout = milliseconds(1);
    for (const char* before : {"", "HTTP/1.1 102 Processing\r\n\r\n"}) {
        RawServer server(executor(),
                         [this, before](Socket* socket, int) { return think_then_answer(&clock_, socket, before); });
        client(server.port());
        EXPECT_EQ(posted_body(), "ok") << before;
    }
}

TEST_F(HttpClientFailureTest, SilenceBeforeTheResponseEndsAtTheDeadline) {
    settings_.idle_timeout = milliseconds(1);
    RawServer server = stays("");
    client(server.port());
    const HttpFailure failure = failed_post(milliseconds(30));
    EXPECT_EQ(failure.kind, FailureKind::timed_out);
    EXPECT_EQ(failure.sent, Sent::unknown);
    EXPECT_THAT(failure.message, HasSubstr("before the call's deadline"));
}

TEST_F(HttpClientFailureTest, GivesUpOnAResponseThatStopsComing) {
    settings_.idle_timeout = milliseconds(30);
    RawServer server = stays("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhe");
    client(server.port());
    const HttpFailure failure = failed_post();
    EXPECT_EQ(failure.kind, FailureKind::timed_out);
    EXPECT_EQ(failure.sent, Sent::unknown);
    EXPECT_EQ(failure.message, "no byte from 127.0.0.1:" + std::to_string(server.port()) +
                                   " for 30 ms in the middle of its response (llm.timeout.idle)");
}

Coroutine<> drip_forever(async::Clock* clock, Socket* socket) {
    static_cast<void>(co_await read_until(socket, [](const std::string& all) { return all.ends_with("{}"); }));
    co_await write_text(socket, "HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n");
    while (socket->is_open()) {
        const TimePoint until = clock->now() + milliseconds(5);
        co_await async::sleep_until(*clock, until);
        boost::system::error_code error;
        static_cast<void>(socket->write_some(boost::asio::buffer("x", 1), error));
        if (error) co_return;
    }
}

TEST_F(HttpClientFailureTest, ADripHoldsACallNoLongerThanItsDeadline) {
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

TEST_F(HttpClientFailureTest, ADeadlineThatHasPassedSendsNothing) {
    RawServer server = stays(ok);
    client(server.port());
    EXPECT_EQ(failed_post(-seconds(1)).sent, Sent::no);
    EXPECT_EQ(server.connections(), 0);
    EXPECT_EQ(client_->stats().calls_not_sent, 1U);
}

TEST_F(HttpClientFailureTest, SaysWhoRefusedTheConnection) {
    std::uint16_t port = 0;
    {
        boost::asio::basic_socket_acceptor<tcp, async::Executor> gone(
            executor(), tcp::endpoint(boost::asio::ip::address_v4::loopback(), 0));
        port = gone.local_endpoint().port();
    }
    client(port);
    const HttpFailure failure = failed_post();
    EXPECT_EQ(failure.kind, FailureKind::connection);
    EXPECT_EQ(failure.sent, Sent::no);
    EXPECT_EQ(failure.message, "cannot connect to 127.0.0.1:" + std::to_string(port) + ": connection refused");
}

TEST_F(HttpClientFailureTest, SaysWhichNameItCannotResolve) {
    client(80, "no-such-host.invalid");
    const HttpFailure failure = failed_post();
    EXPECT_EQ(failure.sent, Sent::no);
    EXPECT_THAT(failure.message, testing::StartsWith("cannot resolve no-such-host.invalid"));
}

TEST_F(HttpClientFailureTest, TriesEveryAddressOfAName) {
    RawServer server = stays(ok);  // on 127.0.0.1 only, while localhost is also ::1 in many places
    client(server.port(), "localhost");
    EXPECT_EQ(posted_body(), "ok");
}

Coroutine<> abort_soon(async::Clock* clock, HttpClient* client) {
    const TimePoint until = clock->now() + milliseconds(20);
    co_await async::sleep_until(*clock, until);
    client->abort();
}

TEST_F(HttpClientFailureTest, AbortingEndsCallsInProgressAndLaterOnes) {
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
TEST_F(HttpClientFailureTest, SurvivesRacesBetweenAnswersAndDeadlines) {
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

TEST_F(HttpClientFailureTest, AnyBytesEndACallInAnOrderlyWay) {
    std::string bytes = ok;
    RawServer server(executor(), [&bytes](Socket* socket, int) { return answer_and_close(socket, bytes); });
    client(server.port());
    EXPECT_EQ(posted_body(), "ok");  // so that nobody asks whether it speaks TLS
    for (std::uint64_t seed = 0; seed < 300; ++seed) {
        Rng rng(seed);
        bytes = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nX-Y: z\r\n\r\nhello";
        if (seed % 3 == 0) bytes = std::string(rng.below(2'000), ' ');
        const std::uint64_t changes = seed % 3 == 0 ? bytes.size() : 1 + rng.below(5);
        for (std::uint64_t n = 0; n < changes; ++n) bytes[rng.below(bytes.size())] = static_cast<char>(rng.next());
        HttpOutcome outcome = post();
        if (auto* failure = std::get_if<HttpFailure>(&outcome)) {
            EXPECT_NE(failure->kind, FailureKind::timed_out) << "seed " << seed;
            EXPECT_FALSE(failure->message.empty()) << "seed " << seed;
        }
    }
}

}  // namespace
}  // namespace prelabel::http
