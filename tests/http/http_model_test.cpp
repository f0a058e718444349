#include "loopback.hpp"

#include <prelabel/base/redaction.hpp>
#include <prelabel/http/http_model.hpp>

#include <gmock/gmock.h>

namespace prelabel::http {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::HasSubstr;

const std::string completion =
    R"({"id":"r-1","choices":[{"message":{"content":"{\"entities\":[]}"},"finish_reason":"stop"}],)"
    R"("usage":{"prompt_tokens":7,"completion_tokens":3}})";

/// A model server that remembers the last request.
struct Server {
    int status = 200;
    std::string body = completion;
    std::vector<Header> headers;
    Sender sender;
    std::string target;
    std::string authorization;
    std::string content_type;
    std::string gateway;
};

Coroutine<ServerReply> answer(Server* server, ServerRequest request) {
    server->target = request.target;
    server->authorization = request.header("Authorization");
    server->content_type = request.header("Content-Type");
    server->gateway = request.header("X-Gateway");
    ServerReply reply;
    reply.status = server->status;
    reply.body = server->body;
    reply.headers = server->headers;
    reply.sender = server->sender;
    co_return reply;
}

class HttpModelTest : public Loopback {
protected:
    HttpModelTest() {
        auto listening = HttpServer::listen(
            executor(), clock_, {}, [this](ServerRequest request) { return answer(&server_, std::move(request)); });
        expects(listening.has_value(), "a port of the system's choice is free");
        http_ = std::move(*listening);
        llm::ModelSettings settings;
        settings.base_url = "http://127.0.0.1:" + std::to_string(http_->port()) + "/v1/";
        settings.query = {{"api-version", "1"}};
        auto made = HttpModel::make(
            executor(), clock_, llm::Codec(settings), settings_, [this] { return Secret(key_); },
            [this] { return fields_; });
        expects(made.has_value(), "this base_url can be used");
        model_ = std::move(*made);
    }
    llm::CallOutcome call(Duration within = seconds(50)) {
        return run(model_->call(std::make_shared<const std::string>("{}"), clock_.now() + within));
    }
    llm::CallFailure failed_call(Duration within = seconds(50)) { return std::get<llm::CallFailure>(call(within)); }

    Server server_;
    Settings settings_;
    std::string key_ = "sk-one";
    std::vector<HttpModel::Field> fields_;
    std::unique_ptr<HttpServer> http_;
    std::unique_ptr<HttpModel> model_;
};

TEST_F(HttpModelTest, AsksBelowTheBaseUrlAndDecodesTheAnswer) {
    const auto outcome = call();
    const auto& answer = std::get<llm::Completion>(outcome);
    EXPECT_EQ(answer.content, R"({"entities":[]})");
    EXPECT_EQ(answer.response_id, "r-1");
    EXPECT_EQ(server_.target, "/v1/chat/completions?api-version=1");
    EXPECT_EQ(server_.authorization, "Bearer sk-one");
    EXPECT_EQ(server_.content_type, "application/json");
}

TEST_F(HttpModelTest, AWrongAddressIsForAPersonAndNamed) {
    RawServer shop(executor(), [](Socket* socket, int) { return write_text(socket, "HTTP/1.1 400 Bad\r\n\r\n"); });
    llm::ModelSettings settings;
    settings.base_url = "https://127.0.0.1:" + std::to_string(shop.port()) + "/v1";
    auto made = HttpModel::make(executor(), clock_, llm::Codec(settings), settings_, [] { return Secret(); }, {});
    ASSERT_TRUE(made);
    model_ = std::move(*made);
    const auto failure = failed_call();
    EXPECT_EQ(failure.reply, llm::ReplyClass::model_missing);
    EXPECT_EQ(failure.key, "llm.base_url");
    EXPECT_FALSE(failure.sent);
}

TEST_F(HttpModelTest, UsesAChangedKeyAtTheNextCall) {
    static_cast<void>(call());
    key_ = "sk-two";
    static_cast<void>(call());
    EXPECT_EQ(server_.authorization, "Bearer sk-two");
    key_ = "";
    static_cast<void>(call());
    EXPECT_EQ(server_.authorization, "");
    EXPECT_EQ(model_->stats().connections_opened, 1U);
}

TEST_F(HttpModelTest, SendsFurtherFieldsAsTheyAreAtEachCall) {
    fields_ = {{"X-Gateway", Secret("Basic one")}};
    static_cast<void>(call());
    EXPECT_EQ(server_.gateway, "Basic one");
    fields_ = {{"X-Gateway", Secret("Basic two")}};
    static_cast<void>(call());
    EXPECT_EQ(server_.gateway, "Basic two");
    fields_ = {{"X-Gateway", Secret("two\r\nX-Evil: 1")}};
    const auto failure = failed_call();
    EXPECT_EQ(failure.reply, llm::ReplyClass::unauthorized);
    EXPECT_EQ(failure.message, "llm.headers.X-Gateway holds white space or characters that a header cannot carry");
    EXPECT_EQ(server_.gateway, "Basic two");
}

TEST_F(HttpModelTest, AKeyThatCouldForgeAHeaderIsNotSent) {
    key_ = "sk\r\nX-Evil: 1";
    const auto failure = failed_call();
    EXPECT_EQ(failure.reply, llm::ReplyClass::unauthorized);
    EXPECT_FALSE(failure.sent);
    EXPECT_THAT(failure.message, testing::Not(HasSubstr("Evil")));
    EXPECT_EQ(server_.target, "");
}

TEST_F(HttpModelTest, SaysThatAKeyIsMissingWhereNoneWasSent) {
    server_.status = 401;
    key_ = "";
    EXPECT_EQ(failed_call().key, "llm.api_key");
    fields_ = {{"X-Gateway", Secret("Basic one")}};
    EXPECT_EQ(failed_call().key, "") << "a header of the gateway may be the key";
    fields_.clear();
    key_ = "sk-one";
    EXPECT_EQ(failed_call().key, "");
}

TEST_F(HttpModelTest, NeverRepeatsAKeyThatTheServerQuotes) {
    keep_secret("sk-quoted-51d7a0");
    server_.status = 401;
    server_.body = R"({"error":{"code":"sk-quoted-51d7a0","message":"Incorrect API key provided: sk-quoted-51d7a0."}})";
    const auto quoting = failed_call();
    EXPECT_THAT(quoting.message, HasSubstr("code ***"));
    EXPECT_EQ(quoting.said, "Incorrect API key provided: ***.");
    server_.body = "upstream said no to Authorization: Bearer sk-quoted-51d7a0";
    EXPECT_THAT(failed_call().message, testing::Not(HasSubstr("51d7a0")));
}

TEST_F(HttpModelTest, HandsTheProvidersWishesOn) {
    server_.status = 429;
    server_.body = R"({"error":{"code":"rate_limit_exceeded","message":"slow down"}})";
    server_.headers = {{"Retry-After", "7"}};
    const auto failure = failed_call();
    EXPECT_EQ(failure.reply, llm::ReplyClass::throttled);
    EXPECT_EQ(failure.http_status, 429);
    EXPECT_EQ(failure.retry_after, seconds(7));
    EXPECT_TRUE(failure.sent);
}

TEST_F(HttpModelTest, TellsTransportFailuresApart) {
    server_.sender = reset;
    auto failure = failed_call();
    EXPECT_EQ(failure.reply, llm::ReplyClass::connection);
    EXPECT_TRUE(failure.sent);
    server_.sender = send_half;
    EXPECT_EQ(failed_call().reply, llm::ReplyClass::connection);
    server_.sender = stay_silent;
    failure = failed_call(milliseconds(30));
    EXPECT_EQ(failure.reply, llm::ReplyClass::timed_out);
    EXPECT_TRUE(failure.sent);
    EXPECT_EQ(failure.http_status, 0);
    run(http_->close());
    failure = failed_call();
    EXPECT_EQ(failure.reply, llm::ReplyClass::connection);
    EXPECT_FALSE(failure.sent);
    EXPECT_THAT(failure.message, HasSubstr("cannot connect to 127.0.0.1:"));
}

TEST_F(HttpModelTest, EndsAtOnceWhenAborted) {
    model_->abort();
    EXPECT_EQ(failed_call().reply, llm::ReplyClass::connection);
}

TEST_F(HttpModelTest, RefusesABaseUrlItCannotUse) {
    llm::ModelSettings settings;
    settings.base_url = "api.example.com";
    const auto made = HttpModel::make(executor(), clock_, llm::Codec(settings), {}, [] { return Secret(); });
    ASSERT_FALSE(made);
    EXPECT_EQ(made.error().fault, Fault::config);
}

}  // namespace
}  // namespace prelabel::http
