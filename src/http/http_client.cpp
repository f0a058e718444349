#include "http/connection.hpp"
#include "http/dialer.hpp"
#include "http/idle_connections.hpp"
#include "http/tls_context.hpp"

#include <prelabel/http/http_client.hpp>

#include <algorithm>
#include <cstdint>
#include <random>
#include <utility>

namespace prelabel::http {

using pipeline::Task;

namespace {

std::uint64_t random_number() {
    std::random_device random;
    return (static_cast<std::uint64_t>(random()) << 32U) | random();
}

}  // namespace

/// Lifetime: shared with the calls in progress.
class HttpClient::Impl {
public:
    using Opened = std::variant<std::unique_ptr<Connection>, HttpFailure>;

    Impl(pipeline::Executor executor, pipeline::Clock& clock, Endpoint endpoint, Settings settings,
         std::unique_ptr<TlsContext> tls)
        : context_{executor, clock, std::move(endpoint), std::move(settings), {}, {}, RequestIds(random_number())},
          tls_(std::move(tls)),
          idle_(clock, context_.settings.keep_alive, idle_connections_max) {}

    [[nodiscard]] ConnectionContext& context() { return context_; }
    [[nodiscard]] const Stats& stats() {
        Stats& stats = context_.stats;
        stats.connections_idle = idle_.size();
        stats.connections_spoiled = spoiled_ + idle_.spoiled();
        return stats;
    }
    void close() {
        closed_ = true;
        idle_.clear();
    }

    static Task<HttpOutcome> post(std::shared_ptr<Impl> self, PreparedRequest request) {
        const Busy busy(self->context_.stats);
        if (self->context_.aborts.aborted()) {
            HttpOutcome stopped = aborted();
            co_return self->conclude(nullptr, std::move(stopped), Sent::no);
        }
        if (request.deadline <= self->context_.clock.now()) {
            HttpOutcome late =
                HttpFailure{FailureKind::timed_out, Sent::no, "the call's deadline passed before it was sent"};
            co_return self->conclude(nullptr, std::move(late), Sent::no);
        }
        auto connection = self->idle_.take();
        if (!connection) co_return co_await post_anew(self, std::move(request), Sent::no);
        ++self->context_.stats.connections_reused;
        Exchange exchange = co_await connection->exchange(request);
        if (!exchange.end.send_again)
            co_return self->conclude(std::move(connection), std::move(exchange.outcome), Sent::no);
        connection.reset();
        self->count_resend(exchange.end);
        co_return co_await post_anew(self, std::move(request), exchange.end.sent);
    }

private:
    /// Counts a call while it lasts, also when its frame is destroyed.
    class Busy {
    public:
        explicit Busy(Stats& stats) : stats_(stats) { ++stats_.connections_busy; }
        Busy(const Busy&) = delete;
        Busy& operator=(const Busy&) = delete;
        ~Busy() { --stats_.connections_busy; }

    private:
        Stats& stats_;
    };

    static HttpFailure aborted() { return {FailureKind::connection, Sent::no, std::string(abort_message)}; }

    /// Over a new connection; `sent` is what is true of the request already.
    static Task<HttpOutcome> post_anew(std::shared_ptr<Impl> self, PreparedRequest request, Sent sent) {
        Opened opened = co_await open(self, request.deadline);
        if (auto* failure = std::get_if<HttpFailure>(&opened)) {
            HttpOutcome outcome = std::move(*failure);
            co_return self->conclude(nullptr, std::move(outcome), sent);
        }
        auto connection = std::move(std::get<std::unique_ptr<Connection>>(opened));
        Exchange exchange = co_await connection->exchange(std::move(request));
        co_return self->conclude(std::move(connection), std::move(exchange.outcome), sent);
    }

    static Task<Opened> open(std::shared_ptr<Impl> self, TimePoint deadline) {
        ConnectionContext& context = self->context_;
        const TimePoint limit = std::min(deadline, context.clock.now() + context.settings.connect_timeout);
        auto dialed = co_await dial(&context, limit);
        if (auto* failure = std::get_if<HttpFailure>(&dialed)) {
            ++context.stats.connections_failed;
            if (context.aborts.aborted()) *failure = aborted();
            Opened failed = std::move(*failure);
            co_return failed;
        }
        Socket& socket = std::get<Socket>(dialed);
        auto connection = self->tls_ ? make_tls_connection(std::move(socket), context, *self->tls_)
                                     : make_plain_connection(std::move(socket), context);
        auto failure = co_await connection->handshake(limit);
        Opened opened = std::move(connection);
        if (failure) {
            ++context.stats.connections_failed;
            opened = context.aborts.aborted() ? aborted() : std::move(*failure);
        } else {
            ++context.stats.connections_opened;
        }
        co_return opened;
    }

    /// Also a request that is sent again may have been paid for: it is counted like a call of its own.
    void count_resend(const ExchangeEnd& end) {
        ++context_.stats.resent;
        if (end.sent != Sent::no) ++context_.stats.calls_sent_unknown;
        if (end.ending == Ending::out_of_turn || end.ending == Ending::foreign) ++spoiled_;
    }

    HttpOutcome conclude(std::unique_ptr<Connection> connection, HttpOutcome outcome, Sent earlier) {
        if (connection && connection->reusable() && !closed_) idle_.put(std::move(connection));
        auto* failure = std::get_if<HttpFailure>(&outcome);
        if (!failure) {
            ++context_.stats.calls_answered;
            return outcome;
        }
        if (failure->sent != Sent::no) {
            ++context_.stats.calls_sent_unknown;
        } else if (earlier == Sent::no) {
            ++context_.stats.calls_not_sent;
        }
        failure->sent = std::max(failure->sent, earlier);
        return outcome;
    }

    ConnectionContext context_;
    std::unique_ptr<TlsContext> tls_;
    IdleConnections idle_;       ///< destroyed before what its connections use
    std::uint64_t spoiled_ = 0;  ///< found out while in use
    bool closed_ = false;
};

Result<std::unique_ptr<HttpClient>> HttpClient::make(pipeline::Executor executor, pipeline::Clock& clock,
                                                     Endpoint endpoint, Settings settings) {
    std::unique_ptr<TlsContext> tls;
    if (endpoint.secure) {
        auto made = TlsContext::make(settings.ca_file);
        if (!made) return made.error();
        tls = std::move(*made);
    }
    auto impl = std::make_shared<Impl>(executor, clock, std::move(endpoint), std::move(settings), std::move(tls));
    return std::unique_ptr<HttpClient>(new HttpClient(std::move(impl)));
}

HttpClient::HttpClient(std::shared_ptr<Impl> impl) : impl_(std::move(impl)) {}

HttpClient::~HttpClient() { impl_->close(); }

std::shared_ptr<const std::string> HttpClient::prepare_post(std::string_view path,
                                                            const std::vector<Header>& headers) const {
    std::string head = "POST ";
    head += path;
    head += " HTTP/1.1\r\nHost: " + impl_->context().endpoint.authority() + "\r\nAccept-Encoding: identity\r\n";
    for (const Header& header : headers) {
        expects(header.value.find_first_of("\r\n") == std::string::npos, "a header's value is one line");
        head += header.name + ": " + header.value + "\r\n";
    }
    return std::make_shared<const std::string>(std::move(head));
}

Task<HttpOutcome> HttpClient::post(std::shared_ptr<const std::string> head, std::shared_ptr<const std::string> body,
                                   TimePoint deadline) {
    return Impl::post(impl_, PreparedRequest{std::move(head), std::move(body), deadline});
}

void HttpClient::abort() { impl_->context().aborts.abort(); }

const Stats& HttpClient::stats() const { return impl_->stats(); }

const Endpoint& HttpClient::endpoint() const { return impl_->context().endpoint; }

}  // namespace prelabel::http
