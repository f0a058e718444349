#pragma once

#include "certificates.hpp"
#include "loopback.hpp"

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>

namespace prelabel::http {

using TlsSocket = boost::asio::ssl::stream<Socket>;

inline std::string reply_with(const std::string& body, const std::string& fields = {}) {
    return "HTTP/1.1 200 OK\r\n" + fields + "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

/// A server, plain or TLS, that answers each request with its own body, and that speaks when it is not asked.
class Mirror {
public:
    struct Behaviour {
        bool secure = false;
        /// What follows a connection's nth reply at once, in a write (and a TLS record) of its own.
        std::function<std::string(int nth, const std::string& body)> adds;
        /// Header fields of the nth reply.
        std::function<std::string(int nth, const std::string& request)> fields;
        /// Of its first connection: says this when the second request begins to arrive …
        std::string blurts;
        /// … and drops the rest of it, or leaves it where it is.
        bool reads_on = false;
        /// Of its first connection: ends like this when the second request begins to arrive, read or not.
        enum class Leaves { no, unread, read } leaves = Leaves::no;
    };

    Mirror(async::Executor executor, Behaviour behaviour) : state_(std::make_shared<State>(executor)) {
        state_->behaviour = std::move(behaviour);
        if (state_->behaviour.secure) {
            state_->context.use_certificate_chain_file(certificates().path("server.pem"));
            state_->context.use_private_key_file(certificates().path("server.key"), boost::asio::ssl::context::pem);
        }
        boost::asio::co_spawn(executor, accept(state_), rethrow);
    }
    ~Mirror() {
        state_->acceptor.close();
        state_->connections.clear();
    }

    [[nodiscard]] std::uint16_t port() const { return state_->acceptor.local_endpoint().port(); }
    [[nodiscard]] int accepted() const { return state_->accepted; }
    [[nodiscard]] int requests() const { return state_->requests; }
    /// Says something on every connection, asked or not.
    [[nodiscard]] Coroutine<> speak(std::string bytes) { return speak_on_all(state_, std::move(bytes)); }
    void close_all() { state_->connections.clear(); }

private:
    struct Connection {
        virtual ~Connection() = default;
        virtual Coroutine<> write(std::string bytes) = 0;
    };
    template <class Stream>
    struct ConnectionOver final : Connection {
        template <class... Args>
        explicit ConnectionOver(Args&&... args) : stream(std::forward<Args>(args)...) {}
        Coroutine<> write(std::string bytes) override {
            boost::system::error_code error;
            auto token = boost::asio::redirect_error(async::use_coroutine, error);
            const auto buffer = boost::asio::buffer(bytes);
            static_cast<void>(co_await boost::asio::async_write(stream, buffer, token));
        }
        Stream stream;
    };
    struct State {
        explicit State(async::Executor executor) : context(boost::asio::ssl::context::tls_server), acceptor(executor) {
            const tcp::endpoint any(boost::asio::ip::address_v4::loopback(), 0);
            acceptor.open(any.protocol());
            acceptor.set_option(
                boost::asio::socket_base::receive_buffer_size(4'096));  // what it does not read stays out
            acceptor.bind(any);
            acceptor.listen();
        }
        boost::asio::ssl::context context;
        boost::asio::basic_socket_acceptor<tcp, async::Executor> acceptor;
        Behaviour behaviour;
        std::vector<std::shared_ptr<Connection>> connections;
        int accepted = 0;
        int requests = 0;
    };

    static Coroutine<> speak_on_all(std::shared_ptr<State> state, std::string bytes) {
        const auto connections = state->connections;
        for (const auto& connection : connections) co_await connection->write(bytes);
    }

    static Coroutine<> accept(std::shared_ptr<State> state) {
        for (;;) {
            boost::system::error_code error;
            auto token = boost::asio::redirect_error(async::use_coroutine, error);
            Socket socket = co_await state->acceptor.async_accept(token);
            if (error) co_return;
            ++state->accepted;
            const auto executor = socket.get_executor();
            if (state->behaviour.secure) {
                auto made = std::make_shared<ConnectionOver<TlsSocket>>(std::move(socket), state->context);
                state->connections.push_back(made);
                boost::asio::co_spawn(executor, shake_hands(state, std::move(made)), rethrow);
            } else {
                auto made = std::make_shared<ConnectionOver<Socket>>(std::move(socket));
                state->connections.push_back(made);
                boost::asio::co_spawn(executor, serve<Socket>(state, std::move(made), state->accepted), rethrow);
            }
        }
    }

    static Coroutine<> shake_hands(std::shared_ptr<State> state,
                                   std::shared_ptr<ConnectionOver<TlsSocket>> connection) {
        const int number = state->accepted;
        boost::system::error_code error;
        auto token = boost::asio::redirect_error(async::use_coroutine, error);
        co_await connection->stream.async_handshake(boost::asio::ssl::stream_base::server, token);
        if (!error) co_await serve<TlsSocket>(state, std::move(connection), number);
    }

    /// One request, whole; empty when the peer has left.
    template <class Stream>
    static Coroutine<std::string> read_request(Stream* stream) {
        std::string all;
        boost::system::error_code error;
        auto token = boost::asio::redirect_error(async::use_coroutine, error);
        std::vector<char> bytes(64U << 10);
        while (!error) {
            const auto buffer = boost::asio::buffer(bytes);
            const std::size_t count = co_await stream->async_read_some(buffer, token);
            all.append(bytes.data(), count);
            const std::size_t end = all.find("\r\n\r\n");
            if (end == std::string::npos) continue;
            const std::size_t length = std::stoul(all.substr(all.find("Content-Length: ") + 16));
            if (all.size() == end + 4 + length) co_return all;
        }
        co_return std::string();
    }

    template <class Stream>
    static void widen(Stream& stream) {
        boost::system::error_code ignored;
        stream.lowest_layer().set_option(boost::asio::socket_base::receive_buffer_size(1 << 20), ignored);
    }

    template <class Stream>
    static Coroutine<> serve(std::shared_ptr<State> state, std::shared_ptr<ConnectionOver<Stream>> connection,
                             int number) {
        const Behaviour& behaviour = state->behaviour;
        if (number > 1) widen(connection->stream);
        for (int nth = 1;; ++nth) {
            if (number == 1 && nth == 2 &&
                (!behaviour.blurts.empty() || behaviour.leaves == Behaviour::Leaves::unread)) {
                boost::system::error_code error;
                auto token = boost::asio::redirect_error(async::use_coroutine, error);
                co_await connection->stream.lowest_layer().async_wait(boost::asio::socket_base::wait_read, token);
                if (behaviour.blurts.empty()) break;
                co_await connection->write(behaviour.blurts);
                if (!behaviour.reads_on) co_return;  // it stays open, and unread
                widen(connection->stream);
                std::vector<char> dropped(64U << 10);
                while (!error) {
                    const auto buffer = boost::asio::buffer(dropped);
                    static_cast<void>(co_await connection->stream.async_read_some(buffer, token));
                }
                break;
            }
            const std::string request = co_await read_request(&connection->stream);
            if (request.empty()) break;
            ++state->requests;
            if (number == 1 && nth == 2 && behaviour.leaves == Behaviour::Leaves::read) break;
            const std::string body = request.substr(request.find("\r\n\r\n") + 4);
            const std::string fields = behaviour.fields ? behaviour.fields(nth, request) : std::string();
            co_await connection->write(reply_with(body, fields));
            if (behaviour.adds) co_await connection->write(behaviour.adds(nth, body));
        }
        std::erase(state->connections, std::static_pointer_cast<Connection>(connection));
    }

    std::shared_ptr<State> state_;
};

}  // namespace prelabel::http
