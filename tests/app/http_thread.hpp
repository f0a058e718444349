#pragma once

#include <prelabel/async/wheel_clock.hpp>
#include <prelabel/base/expects.hpp>
#include <prelabel/http/http_server.hpp>

#include <cstdint>
#include <exception>
#include <functional>
#include <memory>
#include <thread>
#include <utility>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

namespace prelabel::app {

/// A server on loopback, in a thread of its own, so that a command can run beside it.
class HttpThread {
public:
    /// Called in the server's thread.
    using Answer = std::function<http::ServerReply(const http::ServerRequest& request)>;

    explicit HttpThread(Answer answer) : answer_(std::move(answer)) {
        auto made = http::HttpServer::listen(loop_.get_executor(), clock_, {},
                                             [this](http::ServerRequest request) { return serve(std::move(request)); });
        expects(made.has_value(), "a port of loopback can be had");
        server_ = std::move(*made);
        thread_ = std::thread([this] { loop_.run(); });
    }
    HttpThread(const HttpThread&) = delete;
    HttpThread& operator=(const HttpThread&) = delete;
    ~HttpThread() {
        boost::asio::co_spawn(loop_.get_executor(), server_->close(),
                              [this](const std::exception_ptr&) { loop_.stop(); });
        thread_.join();
    }

    [[nodiscard]] std::uint16_t port() const { return server_->port(); }

private:
    async::Coroutine<http::ServerReply> serve(http::ServerRequest request) { co_return answer_(request); }

    Answer answer_;
    boost::asio::io_context loop_{1};
    async::WheelClock clock_{loop_.get_executor()};
    std::unique_ptr<http::HttpServer> server_;
    std::thread thread_;
};

}  // namespace prelabel::app
