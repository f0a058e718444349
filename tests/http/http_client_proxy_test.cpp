#include "http_client_fixture.hpp"

#include <gmock/gmock.h>

namespace prelabel::http {
namespace {

using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

/// A client whose server is only known to its proxy, which is played by a script.
class HttpClientProxyTest : public HttpClientTest {
protected:
    void through(const RawServer& proxy, bool secure, const std::string& credentials = {}) {
        settings_.proxy =
            parse_proxy("http://" + credentials + "127.0.0.1:" + std::to_string(proxy.port()), "p").value();
        auto made = HttpClient::make(executor(), clock_,
                                     Endpoint{.secure = secure, .host = "model.invalid", .port = 8443}, settings_);
        expects(made.has_value(), "the client can be made");
        client_ = std::move(*made);
        head_ = client_->prepare_post("/v1/call", {});
    }
    /// Answers whoever asks with `bytes`, and keeps what was asked.
    RawServer answers(std::string bytes, bool closes = false) {
        return RawServer(executor(),
                         [this, bytes, closes](Socket* socket, int) { return answer(socket, bytes, closes, &asked_); });
    }
    static Coroutine<> answer(Socket* socket, std::string bytes, bool closes, std::string* asked) {
        *asked = co_await read_until(socket, a_header);
        co_await write_text(socket, std::move(bytes));
        if (!closes) static_cast<void>(co_await read_until(socket, never));
    }

    std::string asked_;
};

TEST_F(HttpClientProxyTest, DoesNotAskWhetherAProxySpeaksTls) {
    RawServer proxy = answers("", true);
    through(proxy, false);
    EXPECT_EQ(failed_post().kind, FailureKind::connection);
    EXPECT_EQ(proxy.connections(), 1);
}

TEST_F(HttpClientProxyTest, AsksTheProxyItselfForWhatIsNotEncrypted) {
    RawServer proxy = answers(ok);
    through(proxy, false, "u:secretword@");
    EXPECT_EQ(posted_body(), "ok");
    EXPECT_THAT(asked_, StartsWith("POST http://model.invalid:8443/v1/call HTTP/1.1\r\nHost: model.invalid:8443\r\n"));
    EXPECT_THAT(asked_, HasSubstr("Proxy-Authorization: Basic dTpzZWNyZXR3b3Jk\r\n"));
    EXPECT_EQ(posted_body(milliseconds(300)),
              "failure: no complete response from model.invalid:8443 before the call's deadline "
              "(llm.timeout.total)")
        << "the connection is kept, and the script says nothing more";
    EXPECT_EQ(proxy.connections(), 1);
}

TEST_F(HttpClientProxyTest, AsksForATunnelForWhatIs) {
    RawServer proxy = answers("HTTP/1.1 200 Connection established\r\nVia: x\r\n\r\n");
    through(proxy, true, "u:secretword@");
    settings_.connect_timeout = milliseconds(200);
    static_cast<void>(failed_post(milliseconds(200)));  // nobody speaks TLS there
    EXPECT_EQ(asked_,
              "CONNECT model.invalid:8443 HTTP/1.1\r\nHost: model.invalid:8443\r\nProxy-Authorization: Basic "
              "dTpzZWNyZXR3b3Jk\r\n\r\n");
}

TEST_F(HttpClientProxyTest, SaysWhyThereIsNoTunnel) {
    struct Case {
        std::string answer;
        std::string says;
        int status;
    };
    for (const auto& [bytes, says, status] : {
             Case{"HTTP/1.1 407 Proxy Authentication Required\r\n\r\n",
                  "refuses a tunnel to model.invalid:8443: HTTP 407", 407},
             Case{"HTTP/1.0 403 Forbidden\r\nX: y\r\n\r\n<html>", "HTTP 403", 403},
             Case{"HTTP/1.1 502 Bad Gateway\r\n\r\n", "HTTP 502", 502},
             Case{"SSH-2.0-OpenSSH\r\n\r\n", "is it an HTTP proxy?", 0},
             Case{"HTTP/1.1 200 OK\r\n\r\nsurprise", "sends data before the tunnel was used", 0},
             Case{"HTTP/1.1 200 OK\r\n" + std::string(20'000, 'a'), "header without an end", 0},
         }) {
        RawServer proxy = answers(bytes);
        through(proxy, true);
        const HttpFailure failure = failed_post();
        EXPECT_EQ(failure.kind, FailureKind::connection) << bytes.substr(0, 40);
        EXPECT_EQ(failure.sent, Sent::no);
        EXPECT_EQ(failure.proxy_status, status) << bytes.substr(0, 40);
        EXPECT_THAT(failure.message, HasSubstr(says));
        EXPECT_THAT(failure.message, HasSubstr("the proxy 127.0.0.1:"));
    }
}

TEST_F(HttpClientProxyTest, AProxyThatClosesOrSaysNothingIsNamed) {
    RawServer leaves = answers("", true);
    through(leaves, true);
    EXPECT_THAT(failed_post().message, HasSubstr("gave no answer to a request for a tunnel to model.invalid:8443"));
    RawServer silent = answers("");
    settings_.connect_timeout = milliseconds(50);
    through(silent, true);
    const HttpFailure failure = failed_post();
    EXPECT_EQ(failure.kind, FailureKind::timed_out);
    EXPECT_THAT(failure.message, HasSubstr("in time (llm.timeout.connect)"));
}

TEST_F(HttpClientProxyTest, AProxyThatIsNotThereIsNamedAndNotTheServer) {
    std::uint16_t port = 0;
    {
        boost::asio::basic_socket_acceptor<tcp, async::Executor> gone(
            executor(), tcp::endpoint(boost::asio::ip::address_v4::loopback(), 0));
        port = gone.local_endpoint().port();
    }
    settings_.proxy = Proxy{"127.0.0.1", port, {}};
    client_ =
        std::move(*HttpClient::make(executor(), clock_, Endpoint{.secure = true, .host = "model.invalid"}, settings_));
    head_ = client_->prepare_post("/", {});
    EXPECT_THAT(failed_post().message,
                HasSubstr("cannot connect to the proxy 127.0.0.1:" + std::to_string(port) + ": connection refused"));
}

}  // namespace
}  // namespace prelabel::http
