#pragma once

#include "http/write_all.hpp"

#include <prelabel/async/wheel_clock.hpp>
#include <prelabel/http/http_server.hpp>

#include <exception>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/write.hpp>
#include <gtest/gtest.h>

// g++ 12 inlines the allocation of a coroutine's frame but not its release, and takes them for a mismatch.
#pragma GCC diagnostic ignored "-Wmismatched-new-delete"

namespace prelabel::http {

using async::Coroutine;
using boost::asio::ip::tcp;

inline void rethrow(std::exception_ptr error) {
    if (error) std::rethrow_exception(error);
}

/// Reads until `enough` says so or the peer closes; what came is returned.
inline Coroutine<std::string> read_until(Socket* socket, std::function<bool(const std::string&)> enough) {
    std::string all;
    boost::system::error_code error;
    auto token = boost::asio::redirect_error(async::use_coroutine, error);
    while (!error && !enough(all)) {
        std::array<char, 4096> bytes{};
        const auto buffer = boost::asio::buffer(bytes);
        const std::size_t count = co_await socket->async_read_some(buffer, token);
        all.append(bytes.data(), count);
    }
    co_return all;
}

inline bool never(const std::string&) { return false; }
inline bool a_header(const std::string& all) { return all.find("\r\n\r\n") != std::string::npos; }

inline Coroutine<> write_text(Socket* socket, std::string text) {
    boost::system::error_code error;
    auto token = boost::asio::redirect_error(async::use_coroutine, error);
    const auto buffer = boost::asio::buffer(text);
    static_cast<void>(co_await boost::asio::async_write(*socket, buffer, token));
}

inline Socket connect_to(async::Executor executor, std::uint16_t port) {
    Socket socket(executor);
    socket.connect(tcp::endpoint(boost::asio::ip::address_v4::loopback(), port));
    return socket;
}

/// Sends bytes as they are and gives all that comes back until the server closes.
inline Coroutine<std::string> talk(async::Executor executor, std::uint16_t port, std::string bytes) {
    Socket socket = connect_to(executor, port);
    co_await write_text(&socket, std::move(bytes));
    co_return co_await read_until(&socket, never);
}

/// Senders that do not send all.
inline Coroutine<bool> send_half(Socket* socket, std::string_view head, std::string_view body) {
    co_await write_text(socket, std::string(head) + std::string(body.substr(0, body.size() / 2)));
    co_return false;
}
inline Coroutine<bool> stay_silent(Socket* socket, std::string_view, std::string_view) {
    static_cast<void>(co_await read_until(socket, never));
    co_return false;
}
inline Coroutine<bool> reset(Socket* socket, std::string_view, std::string_view) {
    socket->set_option(boost::asio::socket_base::linger(true, 0));
    socket->close();
    co_return false;
}

/// A peer that behaves as its script says, for each connection anew.
class RawServer {
public:
    using Script = std::function<Coroutine<>(Socket*, int connection)>;

    RawServer(async::Executor executor, Script script) : state_(std::make_shared<State>(executor, std::move(script))) {
        boost::asio::co_spawn(executor, accept(state_), rethrow);
    }
    ~RawServer() { state_->acceptor.close(); }

    [[nodiscard]] std::uint16_t port() const { return state_->acceptor.local_endpoint().port(); }
    [[nodiscard]] int connections() const { return state_->connections; }
    /// Scripts that have not ended.
    [[nodiscard]] int busy() const { return state_->busy; }

private:
    struct State {
        State(async::Executor executor, Script what)
            : acceptor(executor, tcp::endpoint(boost::asio::ip::address_v4::loopback(), 0)), script(std::move(what)) {}
        boost::asio::basic_socket_acceptor<tcp, async::Executor> acceptor;
        Script script;
        int connections = 0;
        int busy = 0;
    };

    static Coroutine<> accept(std::shared_ptr<State> state) {
        for (;;) {
            boost::system::error_code error;
            auto token = boost::asio::redirect_error(async::use_coroutine, error);
            Socket socket = co_await state->acceptor.async_accept(token);
            if (error) co_return;
            boost::asio::co_spawn(socket.get_executor(), serve(state, std::move(socket), ++state->connections),
                                  rethrow);
        }
    }
    static Coroutine<> serve(std::shared_ptr<State> state, Socket socket, int connection) {
        Coroutine<> script = state->script(&socket, connection);
        ++state->busy;
        co_await std::move(script);
        --state->busy;
    }

    std::shared_ptr<State> state_;
};

/// One loop and real time, with a bound on how long anything may take.
class Loopback : public testing::Test {
protected:
    template <class T>
    T run(Coroutine<T> task) {
        std::optional<T> result;
        boost::asio::co_spawn(io_, std::move(task), [&result](std::exception_ptr error, T value) {
            rethrow(error);
            result.emplace(std::move(value));
        });
        io_.restart();
        while (!result && io_.run_one_for(std::chrono::seconds(60)) > 0) {
        }
        expects(result.has_value(), "a test's task ends within a minute");
        return std::move(*result);
    }
    void run(Coroutine<> task) { run(completed(std::move(task))); }

    [[nodiscard]] async::Executor executor() { return io_.get_executor(); }

    boost::asio::io_context io_{1};
    async::WheelClock clock_{io_.get_executor()};

private:
    static Coroutine<bool> completed(Coroutine<> task) {
        co_await std::move(task);
        co_return true;
    }
};

}  // namespace prelabel::http
