#pragma once

#include "loopback.hpp"

#include <prelabel/http/http_client.hpp>

#include <memory>
#include <string>
#include <utility>
#include <variant>

namespace prelabel::http {

using std::chrono::milliseconds;
using std::chrono::seconds;

inline const std::string ok = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

inline Coroutine<ServerReply> reply_with_size(ServerRequest request) {
    ServerReply reply;
    reply.body = std::to_string(request.body.size());
    co_return reply;
}

/// One client and whatever it talks to.
class HttpClientTest : public Loopback {
protected:
    HttpClient& client(std::uint16_t port, std::string host = "127.0.0.1") {
        auto made = HttpClient::make(executor(), clock_,
                                     Endpoint{.secure = false, .host = std::move(host), .port = port}, settings_);
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
    static Coroutine<> answer_and_close(Socket* socket, std::string bytes) {
        static_cast<void>(co_await read_until(socket, a_request));
        co_await write_text(socket, std::move(bytes));
    }
    /// A server that sends `bytes` and then waits for the client to leave.
    RawServer stays(std::string bytes) {
        return RawServer(executor(), [bytes](Socket* socket, int) { return answer_and_stay(socket, bytes); });
    }
    static Coroutine<> answer_and_stay(Socket* socket, std::string bytes) {
        static_cast<void>(co_await read_until(socket, a_request));
        co_await write_text(socket, std::move(bytes));
        static_cast<void>(co_await read_until(socket, never));
    }
    static bool a_request(const std::string& all) { return all.ends_with("\r\n\r\n{}"); }

    Settings settings_;
    std::unique_ptr<HttpClient> client_;
    std::shared_ptr<const std::string> head_;
};

}  // namespace prelabel::http
