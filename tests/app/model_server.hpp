#pragma once

#include "http_thread.hpp"

#include <prelabel/base/json_text.hpp>

#include <functional>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

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

/// A model server on loopback that keeps what it was asked.
class ModelServer {
public:
    /// Gives the reply to a request's body; called in the server's thread.
    using Answer = std::function<http::ServerReply(std::string_view body)>;

    explicit ModelServer(Answer answer) : answer_(std::move(answer)) {}

    [[nodiscard]] std::string base_url() const { return "http://127.0.0.1:" + std::to_string(server_.port()) + "/v1"; }
    /// The bodies of all requests so far.
    [[nodiscard]] std::vector<std::string> requests() const {
        const std::lock_guard lock(mutex_);
        return requests_;
    }
    [[nodiscard]] std::size_t calls() const { return requests().size(); }

private:
    http::ServerReply serve(std::string_view body) {
        {
            const std::lock_guard lock(mutex_);
            requests_.emplace_back(body);
        }
        return answer_(body);
    }

    Answer answer_;
    mutable std::mutex mutex_;
    std::vector<std::string> requests_;
    HttpThread server_{[this](const http::ServerRequest& request) { return serve(request.body); }};
};

}  // namespace prelabel::app
