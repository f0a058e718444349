#pragma once

#include "http/abort_list.hpp"
#include "http/connection.hpp"
#include "http/failure_words.hpp"
#include "http/input_buffer.hpp"
#include "http/message_parser.hpp"
#include "http/request_id.hpp"
#include "http/request_tail.hpp"
#include "http/watchdog.hpp"
#include "http/wording.hpp"
#include "http/write_all.hpp"

#include <optional>
#include <string>
#include <utility>

#include <boost/asio/redirect_error.hpp>

namespace prelabel::http {

/// A connection over `Transport`, which has a constructor from a socket and what `args` are, and
///
///   stream()                where bytes are read and written    socket()          what is closed
///   lay_out(pieces)         what to write instead               release()         what writing needed may go
///   write_at_once(pieces, error)   as the free function         heard()           what lies there, unasked for
///   handshake(endpoint) → its failure                           ends_cleanly(error)   whether the peer meant to end
///   is_close(error)         whether it closed rather than reset
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

    [[nodiscard]] async::Coroutine<std::optional<HttpFailure>> handshake(TimePoint deadline) override {
        watchdog_.start(context_.clock.now(), deadline, Duration::max());
        std::optional<HttpFailure> failure = co_await transport_.handshake(context_.endpoint);
        watchdog_.stop();
        if (watchdog_.expired() != Watchdog::Expired::no) {
            co_return HttpFailure{
                FailureKind::timed_out, Sent::no,
                "no TLS handshake with " + context_.endpoint.display() + " in time (llm.timeout.connect)"};
        }
        co_return failure;
    }

    [[nodiscard]] async::Coroutine<Exchange> exchange(PreparedRequest request) override {
        reusable_ = false;
        facts_ = {};
        facts_.reused = std::exchange(used_, true);
        watchdog_.start(context_.clock.now(), request.deadline, Duration::max());
        const RequestTail tail(context_.ids.next(), request.body->size());
        Pieces pieces =
            transport_.lay_out({boost::asio::buffer(*request.head), tail.buffer(), boost::asio::buffer(*request.body)});
        const std::size_t bytes = boost::asio::buffer_size(pieces);
        TimePoint written_at = context_.clock.now();
        boost::system::error_code error;
        if (!transport_.write_at_once(pieces, error)) {
            error = co_await write_rest(pieces);
            written_at = context_.clock.now();
        }
        transport_.release();
        // A server may answer before it has read all, and then close: what it said matters more than that it closed.
        facts_.written = !error && !facts_.unacknowledged;
        if (facts_.written) context_.stats.bytes_sent += bytes;

        parser_.start();
        bool begun = false;
        while (!over()) {
            const auto room = input_.room();
            const auto buffer = boost::asio::buffer(room.data(), room.size());
            boost::system::error_code read_error;
            auto token = boost::asio::redirect_error(async::use_coroutine, read_error);
            const std::size_t count = co_await transport_.stream().async_read_some(buffer, token);
            context_.stats.bytes_received += count;
            if (!facts_.heard) hear(count, read_error);
            input_.came(count);
            begun = parse(begun);
            if (read_error) {
                if (Transport::ends_cleanly(read_error)) parser_.end_of_stream();
                if (!error) error = read_error;
                break;
            }
            watchdog_.touch();
            // Until the response begins, only the deadline counts: a model says nothing before its answer is done.
            if (!parser_.done()) watchdog_.limit_idle(begun ? context_.settings.idle_timeout : Duration::max());
        }
        watchdog_.stop();
        facts_.waited = context_.clock.now() - written_at;
        co_return finish(tail.id(), error);
    }

    [[nodiscard]] bool reusable() const override { return reusable_; }
    [[nodiscard]] Heard heard() override { return transport_.heard(); }

private:
    [[nodiscard]] bool over() const {
        return parser_.done() || parser_.fault() != ParseFault::none || watchdog_.expired() != Watchdog::Expired::no ||
               (facts_.reused && facts_.heard && facts_.unacknowledged);
    }

    /// Writes the pieces that are left; stops when a reused connection speaks before it has them all.
    [[nodiscard]] async::Coroutine<boost::system::error_code> write_rest(Pieces pieces) {
        boost::system::error_code error;
        auto token = boost::asio::redirect_error(async::use_coroutine, error);
        while (!error && boost::asio::buffer_size(pieces) > 0) {
            if (facts_.reused && http::heard(transport_.socket().native_handle()) == Heard::bytes) {
                facts_.heard = facts_.unacknowledged = true;
                break;
            }
            const std::size_t written = co_await transport_.stream().async_write_some(pieces, token);
            drop_front(pieces, written);
        }
        co_return error;
    }

    /// The first sign from the peer: did it have the whole request by then?
    void hear(std::size_t bytes, const boost::system::error_code& error) {
        facts_.heard = bytes > 0;
        facts_.closed = Transport::is_close(error);
        facts_.unacknowledged =
            (facts_.heard || facts_.closed) && unacknowledged_bytes(transport_.socket().native_handle()) > 0;
    }

    /// Whether a part of the final response is there.
    [[nodiscard]] bool parse(bool begun) {
        while (!input_.empty()) {
            begun = true;
            const std::size_t used = parser_.feed(input_.unread());
            input_.consume(used);
            const unsigned status = parser_.message().status;
            if (parser_.done() && status >= 100 && status < 200 && status != 101) {
                parser_.start();  // an interim response: the real one follows
                begun = false;
            } else if (used == 0 || parser_.done()) {
                break;
            }
        }
        return begun;
    }

    Exchange finish(std::string_view id, const boost::system::error_code& error) {
        Message& message = parser_.message();
        facts_.complete = parser_.done() && message.status >= 200;
        facts_.foreign = facts_.complete && (is_of_another_request(message.headers.find(id_header), id) ||
                                             is_of_another_request(message.headers.find(client_id_header), id));
        facts_.fault = parser_.done() && !facts_.complete ? ParseFault::malformed : parser_.fault();
        facts_.expired = watchdog_.expired();
        facts_.stopped = context_.aborts.aborted();
        Exchange exchange{HttpFailure{}, end_of(facts_)};
        if (exchange.end.ending == Ending::answered) {
            reusable_ = facts_.written && !facts_.unacknowledged && parser_.keep_alive() && input_.empty();
            if (reusable_) input_.shrink();
            exchange.outcome = HttpResponse{message.status, std::move(message.headers), std::move(message.body)};
        } else {
            exchange.outcome = HttpFailure{failure_kind(exchange.end.ending), exchange.end.sent,
                                           words_for(exchange.end.ending, error)};
            close();
        }
        return exchange;
    }

    [[nodiscard]] std::string words_for(Ending ending, const boost::system::error_code& error) const {
        const Settings& settings = context_.settings;
        const FailureDetails details{context_.endpoint.display(),
                                     settings.idle_timeout,
                                     settings.header_bytes_max,
                                     settings.body_bytes_max,
                                     parser_.done() ? std::string() : parser_.fault_reason(),
                                     error ? reason(error) : std::string()};
        return failure_words(ending, details);
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
    ExchangeFacts facts_;  ///< of the exchange in progress
    bool used_ = false;
    bool reusable_ = false;
};

}  // namespace prelabel::http
