#pragma once

#include <prelabel/async/wheel_clock.hpp>
#include <prelabel/base/expects.hpp>
#include <prelabel/base/json_text.hpp>
#include <prelabel/http/http_server.hpp>

#include <exception>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

namespace prelabel::app {

/// What a model says, as a chat completion.
inline http::ServerReply says(const std::string& content) {
    http::ServerReply reply;
    reply.body =
        R"({"id":"c1","object":"chat.completion","model":"m","choices":[{"index":0,"message":{"role":"assistant","content":)" +
        json_string(content) + R"(},"finish_reason":"stop"}],"usage":{"prompt_tokens":20,"completion_tokens":5}})";
    return reply;
}

/// The same from a server that counts no tokens.
inline http::ServerReply says_uncounted(const std::string& content) {
    http::ServerReply reply = says(content);
    reply.body.erase(reply.body.rfind(",\"usage\""));
    reply.body += '}';
    return reply;
}

/// The provider's error, with its own sentence.
inline http::ServerReply refuses(int status, const std::string& sentence, const std::string& parameter = {}) {
    http::ServerReply reply;
    reply.status = status;
    reply.body = R"({"error":{"message":)" + json_string(sentence) + R"(,"type":"invalid_request_error","param":)" +
                 (parameter.empty() ? "null" : json_string(parameter)) + "}}";
    return reply;
}

/// A model server on loopback, in a thread of its own, so that a command can run beside it.
class ModelServer {
public:
    /// Gives the reply to a request's body; called in the server's thread.
    using Answer = std::function<http::ServerReply(std::string_view body)>;

    explicit ModelServer(Answer answer) : answer_(std::move(answer)) {
        auto made = http::HttpServer::listen(loop_.get_executor(), clock_, {},
                                             [this](http::ServerRequest request) { return serve(std::move(request)); });
        expects(made.has_value(), "a port of loopback can be had");
        server_ = std::move(*made);
        thread_ = std::thread([this] { loop_.run(); });
    }
    ModelServer(const ModelServer&) = delete;
    ModelServer& operator=(const ModelServer&) = delete;
    ~ModelServer() {
        boost::asio::co_spawn(loop_.get_executor(), server_->close(),
                              [this](const std::exception_ptr&) { loop_.stop(); });
        thread_.join();
    }

    [[nodiscard]] std::string base_url() const { return "http://127.0.0.1:" + std::to_string(server_->port()) + "/v1"; }
    /// The bodies of all requests so far.
    [[nodiscard]] std::vector<std::string> requests() const {
        const std::lock_guard lock(mutex_);
        return requests_;
    }
    [[nodiscard]] std::size_t calls() const { return requests().size(); }

private:
    async::Coroutine<http::ServerReply> serve(http::ServerRequest request) {
        {
            const std::lock_guard lock(mutex_);
            requests_.emplace_back(request.body);
        }
        co_return answer_(request.body);
    }

    Answer answer_;
    mutable std::mutex mutex_;
    std::vector<std::string> requests_;
    boost::asio::io_context loop_{1};
    async::WheelClock clock_{loop_.get_executor()};
    std::unique_ptr<http::HttpServer> server_;
    std::thread thread_;
};

}  // namespace prelabel::app
