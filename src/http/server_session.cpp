#include "http/server_session.hpp"

#include "http/host_header.hpp"
#include "http/reply_head.hpp"

#include <exception>
#include <utility>

#include <boost/asio/redirect_error.hpp>

namespace prelabel::http {
namespace {

using async::Coroutine;
using async::use_coroutine;
using boost::asio::redirect_error;
using boost::system::error_code;

constexpr Duration idle_max = std::chrono::seconds(75);
constexpr Duration farewell_max = std::chrono::seconds(2);
constexpr std::size_t header_bytes_max = 64U << 10;

int status_for(ParseFault fault) {
    switch (fault) {
        case ParseFault::none:
        case ParseFault::truncated:
            return 0;
        case ParseFault::malformed:
            return 400;
        case ParseFault::header_too_large:
            return 431;
        case ParseFault::body_too_large:
            return 413;
    }
    return 400;
}

ServerReply error_reply(int status) {
    ServerReply reply;
    reply.status = status;
    reply.content_type = "text/plain";
    reply.body = std::string(reason_phrase(status)) + "\n";
    return reply;
}

}  // namespace

ServerSession::ServerSession(Socket socket, async::Clock& clock, const HttpServer::Options& options,
                             const Handler& handler)
    : socket_(std::move(socket)),
      clock_(clock),
      options_(options),
      handler_(handler),
      parser_(MessageParser::Kind::request, {header_bytes_max, options.body_bytes_max}),
      watchdog_(clock, [this] { close(); }) {
    error_code ignored;  // a connection that is gone already shows at the first read
    socket_.set_option(boost::asio::ip::tcp::no_delay(true), ignored);
    socket_.non_blocking(true, ignored);
}

Coroutine<> ServerSession::run() {
    bool open = true;
    while (open && !finishing_) {
        const bool whole = co_await read_request();
        if (!whole) break;
        if (is_for_another_host()) {
            error_status_ = 421;
            break;
        }
        const bool keep_alive = parser_.keep_alive();
        ServerReply reply = co_await handle();
        open = co_await deliver(std::move(reply), keep_alive && !finishing_);
        input_.shrink();
    }
    if (error_status_ != 0) {
        ServerReply refusal = error_reply(error_status_);
        static_cast<void>(co_await deliver(std::move(refusal), false));
    }
    close();
}

void ServerSession::finish() {
    finishing_ = true;
    idle_since_.reset();
    if (waiting_) close();
}

Coroutine<bool> ServerSession::read_request() {
    parser_.start();
    waiting_ = true;
    idle_since_ = clock_.now();
    bool continued = false;
    watch(Duration::max());
    for (;;) {
        if (!input_.empty()) {
            if (waiting_) watch(options_.request_time_max);
            waiting_ = false;
            idle_since_.reset();
            input_.consume(parser_.feed(input_.unread()));
        }
        if (parser_.done()) break;
        if (parser_.fault() != ParseFault::none) {
            error_status_ = status_for(parser_.fault());
            break;
        }
        if (parser_.header_done() && !continued && parser_.message().body.empty() &&
            same_name(parser_.message().headers.find("Expect"), "100-continue")) {
            continued = true;
            const bool sent = co_await send("HTTP/1.1 100 Continue\r\n\r\n", {});
            if (!sent) break;
        }
        const bool received = co_await receive();
        if (!received) break;
    }
    watchdog_.stop();
    idle_since_.reset();
    co_return parser_.done();
}

Coroutine<bool> ServerSession::receive() {
    const auto room = input_.room();
    const auto buffer = boost::asio::buffer(room.data(), room.size());
    error_code error;
    auto token = redirect_error(use_coroutine, error);
    const std::size_t bytes = co_await socket_.async_read_some(buffer, token);
    input_.came(bytes);
    watchdog_.touch();
    co_return !error;
}

Coroutine<ServerReply> ServerSession::handle() {
    Message& message = parser_.message();
    ServerRequest request;
    request.method = message.method;
    request.target = message.target;
    request.body = message.body;
    request.headers.reserve(message.headers.size());
    for (std::size_t i = 0; i < message.headers.size(); ++i) {
        const auto field = message.headers[i];
        request.headers.push_back({std::string(field.name), std::string(field.value)});
    }
    try {
        Coroutine<ServerReply> handling = handler_(std::move(request));
        co_return co_await std::move(handling);
    } catch (const std::exception&) {  // the handler's failure is its client's 500 and nobody else's
    }
    ServerReply failure = error_reply(500);
    co_return failure;
}

Coroutine<bool> ServerSession::deliver(ServerReply reply, bool keep_alive) {
    write_reply_head(reply, parser_.message().version, keep_alive, head_);
    std::string_view body = reply.body;
    if (parser_.message().method == "HEAD" || !has_body(reply.status)) body = {};
    Coroutine<bool> sending = reply.sender ? send_by(&reply.sender, body) : send(head_, body);
    const bool sent = co_await std::move(sending);
    if (sent && keep_alive) co_return true;
    error_code ignored;
    socket_.shutdown(boost::asio::socket_base::shutdown_send, ignored);
    waiting_ = true;
    if (!finishing_) co_await say_farewell();
    co_return false;
}

Coroutine<bool> ServerSession::send(std::string_view head, std::string_view body) {
    Pieces pieces{boost::asio::buffer(head), boost::asio::buffer(body), {}};
    error_code error;
    if (!write_at_once(socket_, pieces, error)) {
        watch(options_.request_time_max);
        error = co_await write_rest(&socket_, pieces);
        watchdog_.stop();
    }
    co_return !error;
}

Coroutine<bool> ServerSession::send_by(const Sender* sender, std::string_view body) {
    waiting_ = true;
    bool sent = false;
    try {
        Coroutine<bool> sending = (*sender)(&socket_, head_, body);
        sent = co_await std::move(sending);
    } catch (const std::exception&) {  // too late for a 500: the connection ends
    }
    waiting_ = false;
    co_return sent;
}

Coroutine<> ServerSession::say_farewell() {
    const TimePoint now = clock_.now();
    watchdog_.start(now, now + farewell_max, farewell_max);
    bool received = true;
    while (received) {
        input_.consume(input_.unread().size());
        received = co_await receive();
    }
    watchdog_.stop();
}

void ServerSession::watch(Duration at_most) {
    const TimePoint now = clock_.now();
    watchdog_.start(now, at_most == Duration::max() ? TimePoint::max() : now + at_most, idle_max);
}

bool ServerSession::is_for_another_host() {
    if (!options_.loopback_names_only) return false;
    error_code error;
    const auto local = socket_.local_endpoint(error);
    if (error || !is_loopback(local.address())) return false;
    const Message& message = parser_.message();
    // Only HTTP/1.0, which no browser speaks, may leave it out.
    return (message.version >= 11 || !message.headers.find("Host").empty()) &&
           !names_loopback(message.headers.find("Host"));
}

void ServerSession::close() {
    error_code ignored;
    socket_.close(ignored);
}

}  // namespace prelabel::http
