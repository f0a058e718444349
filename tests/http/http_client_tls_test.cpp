#include "certificates.hpp"
#include "http/tls_context.hpp"
#include "loopback.hpp"

#include <prelabel/http/http_client.hpp>

#include <boost/asio/ssl/stream.hpp>
#include <gmock/gmock.h>

namespace prelabel::http {
namespace {

using std::chrono::seconds;
using testing::AllOf;
using testing::HasSubstr;
namespace ssl = boost::asio::ssl;
using TlsSocket = ssl::stream<Socket>;

/// What the TLS server of a test saw and does.
struct TlsPeer {
    explicit TlsPeer(async::Executor executor)
        : context(ssl::context::tls_server), acceptor(executor, tcp::endpoint(tcp::v4(), 0)) {
        context.use_certificate_chain_file(certificates().path("server.pem"));
        context.use_private_key_file(certificates().path("server.key"), ssl::context::pem);
        SSL_CTX_set_alpn_select_cb(
            context.native_handle(),
            [](SSL*, const unsigned char** out, unsigned char* out_bytes, const unsigned char* in, unsigned in_bytes,
               void*) {
                *out = in + 1;
                *out_bytes = in[0];
                return in_bytes > 0 ? SSL_TLSEXT_ERR_OK : SSL_TLSEXT_ERR_NOACK;
            },
            nullptr);
    }
    [[nodiscard]] std::uint16_t port() const { return acceptor.local_endpoint().port(); }

    ssl::context context;
    boost::asio::basic_socket_acceptor<tcp, async::Executor> acceptor;
    bool close_after_answer = false;
    std::string body = "Content-Length: 2\r\n\r\nok";
    std::string server_name;
    std::string protocol;
    int connections = 0;
    int handshakes = 0;
    int resumed = 0;
};

Coroutine<> answer_tls(std::shared_ptr<TlsPeer> peer, Socket socket) {
    TlsSocket stream(std::move(socket), peer->context);
    boost::system::error_code error;
    auto token = boost::asio::redirect_error(async::use_coroutine, error);
    co_await stream.async_handshake(ssl::stream_base::server, token);
    if (error) co_return;
    SSL* const native = stream.native_handle();
    ++peer->handshakes;
    peer->resumed += SSL_session_reused(native);
    const char* name = SSL_get_servername(native, TLSEXT_NAMETYPE_host_name);
    peer->server_name = name ? name : "";
    const unsigned char* protocol = nullptr;
    unsigned protocol_bytes = 0;
    SSL_get0_alpn_selected(native, &protocol, &protocol_bytes);
    for (unsigned i = 0; i < protocol_bytes; ++i) peer->protocol += static_cast<char>(protocol[i]);
    std::string all;
    while (!error) {
        std::array<char, 4096> bytes{};
        const auto buffer = boost::asio::buffer(bytes);
        const std::size_t count = co_await stream.async_read_some(buffer, token);
        all.append(bytes.data(), count);
        if (!all.ends_with("\r\n\r\n{}")) continue;
        all.clear();
        const std::string reply = "HTTP/1.1 200 OK\r\n" + peer->body;
        const auto out = boost::asio::buffer(reply);
        static_cast<void>(co_await boost::asio::async_write(stream, out, token));
        if (peer->close_after_answer) co_return;
    }
}

Coroutine<> accept_tls(std::shared_ptr<TlsPeer> peer) {
    for (;;) {
        boost::system::error_code error;
        auto token = boost::asio::redirect_error(async::use_coroutine, error);
        Socket socket = co_await peer->acceptor.async_accept(token);
        if (error) co_return;
        ++peer->connections;
        boost::asio::co_spawn(socket.get_executor(), answer_tls(peer, std::move(socket)), rethrow);
    }
}

class HttpClientTlsTest : public Loopback {
protected:
    HttpClientTlsTest() {
        boost::asio::co_spawn(io_, accept_tls(peer_), rethrow);
        settings_.ca_file = certificates().path("ca.pem");
    }
    ~HttpClientTlsTest() override { peer_->acceptor.close(); }

    HttpOutcome post(const std::string& host) {
        if (!client_) {
            auto made = HttpClient::make(executor(), clock_,
                                         Endpoint{.secure = true, .host = host, .port = peer_->port()}, settings_);
            expects(made.has_value(), "the authority's file can be read");
            client_ = std::move(*made);
        }
        return run(client_->post(client_->prepare_post("/", {}), std::make_shared<const std::string>("{}"),
                                 clock_.now() + seconds(50)));
    }
    std::string failure(const std::string& host, FailureKind kind = FailureKind::wrong_address) {
        HttpOutcome outcome = post(host);
        expects(std::holds_alternative<HttpFailure>(outcome), "this call fails");
        EXPECT_EQ(std::get<HttpFailure>(outcome).kind, kind);
        EXPECT_EQ(std::get<HttpFailure>(outcome).key, kind == FailureKind::wrong_address ? "llm.base_url" : "");
        return std::get<HttpFailure>(outcome).message;
    }

    std::shared_ptr<TlsPeer> peer_ = std::make_shared<TlsPeer>(executor());
    Settings settings_;
    std::unique_ptr<HttpClient> client_;
};

TEST_F(HttpClientTlsTest, CallsAServerItTrustsAndKeepsTheConnection) {
    for (int i = 0; i < 3; ++i) {
        HttpOutcome outcome = post("localhost");
        ASSERT_TRUE(std::holds_alternative<HttpResponse>(outcome)) << std::get<HttpFailure>(outcome).message;
        EXPECT_EQ(std::get<HttpResponse>(outcome).body, "ok");
    }
    EXPECT_EQ(peer_->handshakes, 1);
    EXPECT_EQ(peer_->server_name, "localhost");
    EXPECT_EQ(peer_->protocol, "http/1.1");
}

TEST_F(HttpClientTlsTest, ResumesSessions) {
    peer_->close_after_answer = true;
    for (int i = 0; i < 3; ++i) {
        HttpOutcome outcome = post("localhost");
        ASSERT_TRUE(std::holds_alternative<HttpResponse>(outcome)) << std::get<HttpFailure>(outcome).message;
    }
    EXPECT_EQ(peer_->handshakes, 3);
    EXPECT_EQ(peer_->resumed, 2);
}

TEST_F(HttpClientTlsTest, AnAddressIsVerifiedAsAnAddress) {
    HttpOutcome outcome = post("127.0.0.2");
    ASSERT_TRUE(std::holds_alternative<HttpResponse>(outcome)) << std::get<HttpFailure>(outcome).message;
    EXPECT_EQ(peer_->server_name, "");
}

TEST_F(HttpClientTlsTest, RefusesACertificateForAnotherHost) {
    EXPECT_EQ(failure("127.0.0.1"), "TLS: the certificate of 127.0.0.1:" + std::to_string(peer_->port()) +
                                        " is not valid for host 127.0.0.1");
    EXPECT_EQ(peer_->handshakes, 0);
    EXPECT_EQ(client_->stats().calls_not_sent, 1U);
}

TEST_F(HttpClientTlsTest, RefusesAnUnknownAuthority) {
    settings_.ca_file = certificates().path("other.pem");
    EXPECT_THAT(failure("localhost"), HasSubstr("signed by an unknown authority"));
    EXPECT_EQ(peer_->handshakes, 0);
}

TEST_F(HttpClientTlsTest, TheSystemsAuthoritiesDoNotKnowTheTests) {
    settings_.ca_file.clear();
    EXPECT_THAT(failure("localhost"), HasSubstr("set llm.ca_file"));
}

TEST_F(HttpClientTlsTest, ShowsItsOwnCertificateToAServerThatWantsOne) {
    peer_->context.load_verify_file(certificates().path("ca.pem"));
    peer_->context.set_verify_mode(ssl::verify_peer | ssl::verify_fail_if_no_peer_cert);
    const HttpOutcome unknown = post("localhost");
    EXPECT_TRUE(std::holds_alternative<HttpFailure>(unknown)) << "it shows none";
    client_.reset();
    settings_.cert_file = certificates().path("us.pem");
    settings_.key_file = certificates().path("us.key");
    const HttpOutcome known = post("localhost");
    ASSERT_TRUE(std::holds_alternative<HttpResponse>(known)) << std::get<HttpFailure>(known).message;
}

TEST_F(HttpClientTlsTest, SaysWhyItsOwnCertificateCannotBeUsed) {
    const auto refusal = [&](const char* cert, const char* key) {
        settings_.cert_file = certificates().path(cert);
        settings_.key_file = key ? certificates().path(key) : std::string();
        const auto made = HttpClient::make(executor(), clock_, Endpoint{}, settings_);
        return made ? "taken" : made.error().message;
    };
    EXPECT_THAT(refusal("none.pem", "us.key"), HasSubstr("llm.cert_file '"));
    EXPECT_THAT(refusal("us.pem", "none.key"), HasSubstr("llm.key_file '"));
    EXPECT_THAT(refusal("us.pem", "other.key"), HasSubstr("llm.key_file '")) << "the key of another certificate";
    EXPECT_THAT(refusal("us.pem", "locked.key"), HasSubstr("without a passphrase")) << "and nobody is asked for it";
    EXPECT_THAT(refusal("us.pem", nullptr), HasSubstr("us.pem' cannot be used")) << "no key in the certificate's file";
}

TEST_F(HttpClientTlsTest, DoesNotTakeACutConnectionForTheEndOfABody) {
    peer_->close_after_answer = true;
    peer_->body = "\r\nhalf a bo";
    EXPECT_THAT(failure("localhost", FailureKind::connection), HasSubstr("in the middle of its response"));
}

TEST_F(HttpClientTlsTest, SaysThatAServerDoesNotSpeakTls) {
    RawServer plain(executor(), [](Socket* socket, int) { return write_text(socket, "HTTP/1.1 400 Bad\r\n\r\n"); });
    auto made = HttpClient::make(executor(), clock_,
                                 Endpoint{.secure = true, .host = "localhost", .port = plain.port()}, settings_);
    ASSERT_TRUE(made);
    client_ = std::move(*made);
    EXPECT_THAT(failure("localhost"), AllOf(HasSubstr("TLS handshake with localhost:"),
                                            HasSubstr("it does not speak TLS; write http:// in llm.base_url")));
}

TEST_F(HttpClientTlsTest, SaysThatAServerSpeaksTlsWhereTheAddressSaysPlain) {
    auto made = HttpClient::make(executor(), clock_,
                                 Endpoint{.secure = false, .host = "localhost", .port = peer_->port()}, settings_);
    ASSERT_TRUE(made);
    client_ = std::move(*made);
    for (int i = 0; i < 5; ++i)
        EXPECT_THAT(failure("localhost"), HasSubstr("speaks TLS, and the request was plain HTTP; write https://"));
    EXPECT_EQ(client_->stats().calls_not_sent, 5U);
    EXPECT_EQ(peer_->connections, 6) << "the port was asked once which of the two it speaks";
}

/// As web servers do it that notice: a page with status 400 for a request, an alert for a hello.
Coroutine<> answer_both(Socket* socket, int) {
    const std::string begin = co_await read_until(socket, [](const std::string& all) { return !all.empty(); });
    std::string answer = "HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Length: 6\r\n\r\n<html>";
    if (begin.front() == '\x16') answer.assign("\x15\x03\x03\x00\x02\x02\x28", 7);
    co_await write_text(socket, std::move(answer));
}

TEST_F(HttpClientTlsTest, AlsoAnAnswerInPlainHttpMayComeFromAPortThatSpeaksTls) {
    RawServer server(executor(), answer_both);
    auto made = HttpClient::make(executor(), clock_,
                                 Endpoint{.secure = false, .host = "localhost", .port = server.port()}, settings_);
    ASSERT_TRUE(made);
    client_ = std::move(*made);
    EXPECT_THAT(failure("localhost"), HasSubstr("speaks TLS"));
}

TEST_F(HttpClientTlsTest, SaysWhichAuthorityFileCannotBeUsed) {
    settings_.ca_file = certificates().path("none.pem");
    const auto made = HttpClient::make(executor(), clock_, Endpoint{}, settings_);
    ASSERT_FALSE(made);
    EXPECT_EQ(made.error().fault, Fault::config);
    EXPECT_THAT(made.error().message, HasSubstr("none.pem' cannot be used"));
}

}  // namespace
}  // namespace prelabel::http
