#pragma once

#include "http/abort_list.hpp"
#include "http/connection.hpp"
#include "http/input_buffer.hpp"
#include "http/message_parser.hpp"
#include "http/watchdog.hpp"
#include "http/wording.hpp"
#include "http/write_all.hpp"

#include <array>
#include <charconv>
#include <optional>
#include <string>
#include <utility>

#include <boost/asio/redirect_error.hpp>

namespace prelabel::http {

/// A connection over `Transport`, which has a constructor from a socket and what `args` are, and
///
///   stream()        where bytes are read            write_at_once(pieces, error)   as the free function
///   socket()        what is closed                  write_rest(pieces)             as the free function
///   handshake(endpoint) → message of the failure    ends_cleanly(error)            whether the peer meant to end here
template <class Transport>
class BasicConnection final : public Connection {
public:
    template <class... Args>
    BasicConnection(Socket socket, ConnectionContext& context, Args&... args)
        : context_(context),
          transport_(std::move(socket), args...),
          parser_(MessageParser::Kind::response, {context.settings.header_bytes_max, context.settings.body_bytes_max}),
          watchdog_(context.clock, [this] { close(); }),
          abort_(context.aborts, [this] { close(); }) {}

    [[nodiscard]] pipeline::Task<std::optional<HttpFailure>> handshake(TimePoint deadline) override {
        watchdog_.start(context_.clock.now(), deadline, Duration::max());
        auto failure = co_await transport_.handshake(context_.endpoint);
        watchdog_.stop();
        if (watchdog_.expired() != Watchdog::Expired::no) {
            co_return HttpFailure{FailureKind::timed_out, Sent::no,
                                  "no TLS handshake with " + context_.endpoint.display() + " in time"};
        }
        if (failure) co_return HttpFailure{FailureKind::connection, Sent::no, std::move(*failure)};
        co_return std::nullopt;
    }

    [[nodiscard]] pipeline::Task<Exchange> exchange(PreparedRequest request) override {
        reusable_ = false;
        watchdog_.start(context_.clock.now(), request.deadline, context_.settings.idle_timeout);
        std::array<char, 24> length{};
        auto end = std::to_chars(length.data(), length.data() + length.size(), request.body->size()).ptr;
        for (const char c : {'\r', '\n', '\r', '\n'}) *end++ = c;
        Pieces pieces{boost::asio::buffer(*request.head),
                      boost::asio::buffer(length.data(), static_cast<std::size_t>(end - length.data())),
                      boost::asio::buffer(*request.body)};
        const std::size_t bytes = boost::asio::buffer_size(pieces);
        boost::system::error_code error;
        if (!transport_.write_at_once(pieces, error)) error = co_await transport_.write_rest(pieces);
        // A server may answer before it has read all, and then close: what it said matters more than that it closed.
        const bool sent = !error;
        if (sent) context_.stats.bytes_sent += bytes;

        parser_.start();
        std::size_t received = 0;
        while (!parser_.done() && parser_.fault() == ParseFault::none && watchdog_.expired() == Watchdog::Expired::no) {
            const auto room = input_.room();
            const auto buffer = boost::asio::buffer(room.data(), room.size());
            boost::system::error_code read_error;
            auto token = boost::asio::redirect_error(pipeline::use_task, read_error);
            const std::size_t count = co_await transport_.stream().async_read_some(buffer, token);
            received += count;
            input_.came(count);
            parse();
            if (read_error) {
                if (received == 0 && !error) error = read_error;
                if (Transport::ends_cleanly(read_error)) parser_.end_of_stream();
                if (!parser_.done() && !error) error = read_error;
                break;
            }
            watchdog_.touch();
        }
        watchdog_.stop();
        context_.stats.bytes_received += received;
        co_return finish(sent, received, error);
    }

    [[nodiscard]] bool reusable() const override { return reusable_; }

private:
    void parse() {
        while (!input_.empty()) {
            const std::size_t used = parser_.feed(input_.unread());
            input_.consume(used);
            const unsigned status = parser_.message().status;
            if (parser_.done() && status >= 100 && status < 200 && status != 101) {
                parser_.start();  // an interim response: the real one follows
            } else if (used == 0 || parser_.done()) {
                return;
            }
        }
    }

    Exchange finish(bool sent, std::size_t received, const boost::system::error_code& error) {
        Exchange exchange;
        if (watchdog_.expired() == Watchdog::Expired::no && parser_.done() && parser_.message().status >= 200) {
            Message& message = parser_.message();
            reusable_ = sent && parser_.keep_alive() && input_.empty();
            if (reusable_) {
                input_.shrink();
            }
            exchange.outcome = HttpResponse{message.status, std::move(message.headers), std::move(message.body)};
            return exchange;
        }
        HttpFailure failure;
        failure.sent = sent || received > 0 ? Sent::unknown : Sent::no;
        describe(failure, received, error);
        exchange.silent = received == 0 && failure.kind == FailureKind::connection && !context_.aborts.aborted();
        exchange.outcome = std::move(failure);
        close();
        return exchange;
    }

    void describe(HttpFailure& failure, std::size_t received, const boost::system::error_code& error) const {
        const std::string where = context_.endpoint.display();
        if (context_.aborts.aborted()) {
            failure.message = abort_message;
        } else if (watchdog_.expired() == Watchdog::Expired::idle) {
            failure.kind = FailureKind::timed_out;
            failure.message = "no byte from " + where + " for " + to_text(context_.settings.idle_timeout);
        } else if (watchdog_.expired() == Watchdog::Expired::total) {
            failure.kind = FailureKind::timed_out;
            failure.message = "no complete response from " + where + " before the call's deadline";
        } else if (parser_.done() || parser_.fault() == ParseFault::malformed) {
            failure.kind = FailureKind::malformed;
            failure.message = "what " + where + " sent is not an HTTP/1.1 response" +
                              (parser_.done() ? "" : ": " + parser_.fault_reason());
        } else if (parser_.fault() == ParseFault::header_too_large) {
            failure.kind = FailureKind::malformed;
            failure.message = "the response header from " + where + " is larger than " +
                              std::to_string(context_.settings.header_bytes_max) + " bytes";
        } else if (parser_.fault() == ParseFault::body_too_large) {
            failure.kind = FailureKind::malformed;
            failure.message = "the response from " + where + " is larger than " +
                              std::to_string(context_.settings.body_bytes_max) + " bytes";
        } else if (received > 0) {
            failure.message = where + " closed the connection in the middle of its response";
        } else {
            failure.message = where + " closed the connection without a response: " + reason(error);
        }
    }

    void close() {
        boost::system::error_code ignored;
        transport_.socket().close(ignored);
    }

    ConnectionContext& context_;
    Transport transport_;
    MessageParser parser_;
    InputBuffer input_;
    Watchdog watchdog_;
    AbortList::Entry abort_;
    bool reusable_ = false;
};

}  // namespace prelabel::http
