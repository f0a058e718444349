#include "http/server_session.hpp"
#include "http/wording.hpp"

#include <prelabel/async/signal.hpp>
#include <prelabel/http/header_fields.hpp>
#include <prelabel/http/http_server.hpp>

#include <exception>
#include <unordered_set>
#include <utility>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/redirect_error.hpp>

namespace prelabel::http {
namespace {

using async::Coroutine;
using async::use_coroutine;
using boost::asio::ip::tcp;
using boost::system::error_code;
using Acceptor = boost::asio::basic_socket_acceptor<tcp, async::Executor>;

constexpr Duration accept_pause = std::chrono::milliseconds(20);
constexpr std::string_view busy =
    "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\nConnection: close\r\nRetry-After: 1\r\n\r\n";

/// A port that is taken may be free in a moment; an address that this machine has not, or a port that it does not
/// allow, has to be written otherwise.
Fault fault_of(const error_code& error) {
    const bool is_written_wrong = error == boost::asio::error::access_denied ||
                                  error == boost::asio::error::address_family_not_supported ||
                                  error == boost::system::errc::address_not_available;
    return is_written_wrong ? Fault::config : Fault::dependency;
}

}  // namespace

std::string_view ServerRequest::header(std::string_view name) const {
    for (const Header& field : headers) {
        if (same_name(field.name, name)) return field.value;
    }
    return {};
}

/// Lifetime: shared with the accept loop and every session, which end soon after the server is closed or destroyed.
class HttpServer::Impl {
public:
    Impl(async::Executor executor, async::Clock& clock, Options options, Handler handler)
        : executor_(executor),
          clock_(clock),
          options_(std::move(options)),
          handler_(std::move(handler)),
          acceptor_(executor) {}

    [[nodiscard]] Result<> listen() {
        error_code error;
        const auto address = boost::asio::ip::make_address(options_.address, error);
        if (error) return Error{Fault::config, "cannot listen on '" + options_.address + "': not an IP address"};
        const tcp::endpoint endpoint(address, options_.port);
        acceptor_.open(endpoint.protocol(), error);
        if (!error) acceptor_.set_option(tcp::acceptor::reuse_address(true), error);
        if (!error) acceptor_.bind(endpoint, error);
        if (!error) acceptor_.listen(boost::asio::socket_base::max_listen_connections, error);
        if (error) {
            return Error{fault_of(error), "cannot listen on " + options_.address + ':' + std::to_string(options_.port) +
                                              ": " + reason(error)};
        }
        port_ = acceptor_.local_endpoint(error).port();
        return {};
    }

    [[nodiscard]] std::uint16_t port() const { return port_; }

    static void start(std::shared_ptr<Impl> self) {
        const auto executor = self->executor_;
        boost::asio::co_spawn(executor, accept_loop(std::move(self)), rethrow);
    }

    void finish() {
        closing_ = true;
        error_code ignored;
        acceptor_.close(ignored);
        for (ServerSession* session : sessions_) session->finish();
    }

    static Coroutine<> close(std::shared_ptr<Impl> self) {
        self->finish();
        if (!self->sessions_.empty()) co_await self->drained_.wait();
    }

private:
    // A coroutine of the server never throws; one that does is a bug that must not pass unseen.
    static void rethrow(std::exception_ptr error) {
        if (error) std::rethrow_exception(error);
    }

    static Coroutine<> accept_loop(std::shared_ptr<Impl> self) {
        while (!self->closing_) {
            error_code error;
            auto token = boost::asio::redirect_error(use_coroutine, error);
            Socket socket = co_await self->acceptor_.async_accept(token);
            if (self->closing_) break;
            // Out of file descriptors (who waits stays in the system's queue), or the peer has left already.
            if (error) {
                const TimePoint until = self->clock_.now() + accept_pause;
                co_await async::sleep_until(self->clock_, until);
                continue;
            }
            if (self->sessions_.size() >= self->options_.connections_max && !self->make_place()) {
                error_code ignored;
                socket.non_blocking(true, ignored);
                static_cast<void>(socket.write_some(boost::asio::buffer(busy), ignored));
                continue;
            }
            boost::asio::co_spawn(self->executor_, serve(self, std::move(socket)), rethrow);
        }
    }

    /// Closes the connection that has waited longest for a request. False when none waits.
    bool make_place() {
        ServerSession* longest = nullptr;
        for (ServerSession* session : sessions_) {
            if (!session->idle_since()) continue;
            if (!longest || session->idle_since() < longest->idle_since()) longest = session;
        }
        if (longest) longest->finish();
        return longest != nullptr;
    }

    static Coroutine<> serve(std::shared_ptr<Impl> self, Socket socket) {
        ServerSession session(std::move(socket), self->clock_, self->options_, self->handler_);
        const Registration registration(*self, session);
        if (!self->closing_) co_await session.run();
    }

    class Registration {
    public:
        Registration(Impl& server, ServerSession& session) : server_(server), session_(session) {
            server_.sessions_.insert(&session_);
        }
        Registration(const Registration&) = delete;
        Registration& operator=(const Registration&) = delete;
        ~Registration() {
            server_.sessions_.erase(&session_);
            if (server_.closing_ && server_.sessions_.empty() && !server_.drained_.is_set()) {
                server_.drained_.set(async::Done{});
            }
        }

    private:
        Impl& server_;
        ServerSession& session_;
    };

    async::Executor executor_;
    async::Clock& clock_;
    Options options_;
    Handler handler_;
    Acceptor acceptor_;
    std::uint16_t port_ = 0;
    bool closing_ = false;
    std::unordered_set<ServerSession*> sessions_;
    async::Signal<async::Done> drained_;
};

Result<std::unique_ptr<HttpServer>> HttpServer::listen(async::Executor executor, async::Clock& clock, Options options,
                                                       Handler handler) {
    auto impl = std::make_shared<Impl>(executor, clock, std::move(options), std::move(handler));
    if (auto listening = impl->listen(); !listening) return listening.error();
    Impl::start(impl);
    return std::unique_ptr<HttpServer>(new HttpServer(std::move(impl)));
}

HttpServer::HttpServer(std::shared_ptr<Impl> impl) : impl_(std::move(impl)) {}

HttpServer::~HttpServer() { impl_->finish(); }

std::uint16_t HttpServer::port() const { return impl_->port(); }

Coroutine<> HttpServer::close() { return Impl::close(impl_); }

}  // namespace prelabel::http
