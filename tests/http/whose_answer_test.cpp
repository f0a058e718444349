// Whose answer does each request get when a server, or a proxy before it, says more than it is asked for?
#include "mirror.hpp"

#include <prelabel/http/http_client.hpp>

#include <map>

#include <gmock/gmock.h>

namespace prelabel::http {
namespace {

using Leaves = Mirror::Behaviour::Leaves;

class WhoseAnswerTest : public Loopback, public testing::WithParamInterface<bool> {
protected:
    Mirror& server(Mirror::Behaviour behaviour = {}) {
        behaviour.secure = GetParam();
        mirror_ = std::make_unique<Mirror>(executor(), std::move(behaviour));
        Settings settings;
        if (GetParam()) settings.ca_file = certificates().path("ca.pem");
        // 127.0.0.2 is in the certificate, and loopback too.
        auto made = HttpClient::make(executor(), clock_, Endpoint{GetParam(), "localhost", mirror_->port()}, settings);
        expects(made.has_value(), "the authority's file can be read");
        client_ = std::move(*made);
        return *mirror_;
    }
    /// What is the answer to `body`?
    std::string ask(const std::string& body) {
        HttpOutcome outcome =
            run(client_->post(client_->prepare_post("/", {}), std::make_shared<const std::string>(body),
                              clock_.now() + std::chrono::minutes(10)));
        if (auto* failure = std::get_if<HttpFailure>(&outcome)) return "failure: " + failure->message;
        return std::get<HttpResponse>(outcome).body;
    }

    std::unique_ptr<Mirror> mirror_;
    std::unique_ptr<HttpClient> client_;
};

TEST_P(WhoseAnswerTest, ALateSecondReplyOnAnIdleConnectionIsNobodysAnswer) {
    Mirror& mirror = server();
    for (int i = 0; i < 10; ++i) {
        const std::string document = "document " + std::to_string(i);
        EXPECT_EQ(ask(document), document);
        run(mirror.speak(reply_with(document)));
    }
    EXPECT_EQ(client_->stats().connections_spoiled, 9U);
    EXPECT_EQ(client_->stats().resent, 0U);  // nothing was sent over them
    EXPECT_EQ(mirror.requests(), 10);
}

TEST_P(WhoseAnswerTest, NorIsWhatFollowsAReplyAtOnce) {
    Mirror::Behaviour behaviour;
    behaviour.adds = [](int, const std::string& body) { return reply_with(body); };
    Mirror& mirror = server(behaviour);
    for (int i = 0; i < 10; ++i) {
        const std::string document = "document " + std::to_string(i);
        EXPECT_EQ(ask(document), document);
    }
    EXPECT_EQ(mirror.requests(), 10);
}

TEST_P(WhoseAnswerTest, ATimeOutSaidToAnIdleConnectionIsNobodysFailure) {
    Mirror& mirror = server();
    EXPECT_EQ(ask("one"), "one");
    run(mirror.speak("HTTP/1.1 408 Request Timeout\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"));
    mirror.close_all();
    EXPECT_EQ(ask("two"), "two");
    EXPECT_EQ(client_->stats().resent, 0U);
}

TEST_P(WhoseAnswerTest, AConnectionThatTheServerClosedIsNotUsed) {
    Mirror& mirror = server();
    EXPECT_EQ(ask("one"), "one");
    mirror.close_all();
    EXPECT_EQ(ask("two"), "two");
    EXPECT_EQ(client_->stats().resent, 0U);
    EXPECT_EQ(client_->stats().connections_spoiled, 0U);
    EXPECT_EQ(mirror.requests(), 2);
}

// The request lies in this system's buffers, whole or in part, when the reply to another one comes.
TEST_P(WhoseAnswerTest, AReplyThatComesBeforeTheServerHasTheRequestIsNotItsAnswer) {
    for (const std::size_t bytes : {200'000U, 5'000'000U}) {
        Mirror::Behaviour behaviour;
        behaviour.reads_on = bytes > 1'000'000U;
        behaviour.blurts = reply_with("the answer to another document");
        Mirror& mirror = server(behaviour);
        EXPECT_EQ(ask("one"), "one");
        const std::string document(bytes, 'd');
        EXPECT_TRUE(ask(document) == document) << bytes;
        EXPECT_EQ(mirror.accepted(), 2);
        EXPECT_EQ(client_->stats().resent, 1U);
        EXPECT_EQ(client_->stats().connections_spoiled, 1U);
        EXPECT_EQ(client_->stats().calls_answered, 2U);
    }
}

std::string id_in(const std::string& request) { return request.substr(request.find("X-Request-Id: ") + 14, 36); }

// What came after the server had the request cannot be told by the transport; a server that echoes ids helps.
TEST_P(WhoseAnswerTest, AReplyThatNamesAnotherRequestIsNotItsAnswer) {
    std::string first;
    Mirror::Behaviour behaviour;
    behaviour.fields = [&first](int nth, const std::string& request) {
        if (first.empty()) first = id_in(request);
        return "x-request-id: " + (nth == 2 ? first : id_in(request)) + "\r\n";
    };
    Mirror& mirror = server(behaviour);
    EXPECT_EQ(ask("one"), "one");
    EXPECT_EQ(ask("two"), "two");
    EXPECT_EQ(mirror.accepted(), 2);
    EXPECT_EQ(client_->stats().connections_spoiled, 1U);
    EXPECT_EQ(client_->stats().calls_sent_unknown, 1U);
}

TEST_P(WhoseAnswerTest, AnIdOfTheProvidersOwnSaysNothing) {
    Mirror::Behaviour behaviour;
    behaviour.fields = [](int nth, const std::string&) { return "x-request-id: req_" + std::to_string(nth) + "\r\n"; };
    Mirror& mirror = server(behaviour);
    for (const char* document : {"one", "two", "three"}) EXPECT_EQ(ask(document), document);
    EXPECT_EQ(mirror.accepted(), 1);
}

TEST_P(WhoseAnswerTest, ARequestThatTheServerReadAndDroppedIsCountedWhenItIsSentAgain) {
    Mirror::Behaviour behaviour;
    behaviour.leaves = Leaves::read;
    Mirror& mirror = server(behaviour);
    EXPECT_EQ(ask("one"), "one");
    const std::string answer = ask("two");
    // A machine that stalls makes the close look late, and then the call fails instead: both may have been paid for.
    if (client_->stats().resent == 1) {
        EXPECT_EQ(answer, "two");
        EXPECT_EQ(mirror.requests(), 3);
    } else {
        EXPECT_THAT(answer, testing::HasSubstr("closed the connection without a response"));
    }
    EXPECT_EQ(client_->stats().calls_sent_unknown, 1U);
}

INSTANTIATE_TEST_SUITE_P(Over, WhoseAnswerTest, testing::Bool(),
                         [](const auto& secure) { return std::string(secure.param ? "Tls" : "Plain"); });

}  // namespace
}  // namespace prelabel::http
