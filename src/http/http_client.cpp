#include "http/connection.hpp"
#include "http/connection_pool.hpp"
#include "http/tls_context.hpp"

#include <prelabel/http/http_client.hpp>

#include <algorithm>
#include <cstdint>
#include <random>
#include <utility>

namespace prelabel::http {

using async::Coroutine;

namespace {

std::uint64_t random_number() {
    std::random_device random;
    return (static_cast<std::uint64_t>(random()) << 32U) | random();
}

}  // namespace

/// Lifetime: shared with the calls in progress.
class HttpClient::Impl {
public:
    Impl(async::Executor executor, async::Clock& clock, Endpoint endpoint, Settings settings,
         std::unique_ptr<TlsContext> tls)
        : context_(executor, clock, std::move(endpoint), std::move(settings), random_number()),
          tls_(std::move(tls)),
          connections_(context_, tls_.get()) {}

    [[nodiscard]] ConnectionContext& context() { return context_; }
    [[nodiscard]] const Stats& stats() {
        Stats& stats = context_.stats;
        stats.connections_busy = connections_.busy();
        stats.connections_idle = connections_.idle();
        stats.connections_spoiled = spoiled_ + connections_.spoiled();
        return stats;
    }
    void close() { connections_.close(); }

    static Coroutine<HttpOutcome> post(std::shared_ptr<Impl> self, PreparedRequest request) {
        Sent earlier = Sent::no;
        for (bool again = false;; again = true) {
            Obtained obtained = co_await self->connections_.obtain(request.deadline, again);
            if (auto* failure = std::get_if<HttpFailure>(&obtained)) {
                HttpOutcome outcome = std::move(*failure);
                co_return self->conclude(std::move(outcome), earlier);
            }
            const Lease lease = std::move(std::get<Lease>(obtained));
            Exchange exchange = co_await lease.connection().exchange(request);
            if (again || !exchange.end.send_again) co_return self->conclude(std::move(exchange.outcome), earlier);
            self->count_resend(exchange.end);
            earlier = exchange.end.sent;
        }
    }

private:
    /// Also a request that is sent again may have been paid for: it is counted like a call of its own.
    void count_resend(const ExchangeEnd& end) {
        ++context_.stats.resent;
        if (end.sent != Sent::no) ++context_.stats.calls_sent_unknown;
        if (end.ending == Ending::out_of_turn || end.ending == Ending::foreign) ++spoiled_;
    }

    HttpOutcome conclude(HttpOutcome outcome, Sent earlier) {
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
    ConnectionPool connections_;  ///< destroyed before what its connections use
    std::uint64_t spoiled_ = 0;   ///< found out while in use
};

Result<std::unique_ptr<HttpClient>> HttpClient::make(async::Executor executor, async::Clock& clock, Endpoint endpoint,
                                                     Settings settings) {
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

Coroutine<HttpOutcome> HttpClient::post(std::shared_ptr<const std::string> head,
                                        std::shared_ptr<const std::string> body, TimePoint deadline) {
    return Impl::post(impl_, PreparedRequest{std::move(head), std::move(body), deadline});
}

void HttpClient::abort() { impl_->context().aborts.abort(); }

const Stats& HttpClient::stats() const { return impl_->stats(); }

const Endpoint& HttpClient::endpoint() const { return impl_->context().endpoint; }

}  // namespace prelabel::http
