#include "http/connection.hpp"
#include "http/connection_pool.hpp"
#include "http/failure_words.hpp"
#include "http/tls_context.hpp"
#include "http/tls_probe.hpp"

#include <prelabel/http/http_client.hpp>

#include <algorithm>
#include <cstdint>
#include <random>
#include <utility>

namespace prelabel::http {

using async::Coroutine;

namespace {

constexpr int probes_max = 3;
constexpr Duration probe_timeout = std::chrono::seconds(2);

/// A port that speaks TLS answers a plain request with an alert, with nothing, or with a 400 that no model wrote.
bool looks_like_tls(const Exchange& exchange) {
    const auto* response = std::get_if<HttpResponse>(&exchange.outcome);
    if (!response) return exchange.end.ending == Ending::silent || exchange.end.ending == Ending::malformed;
    const std::size_t begin = response->body.find_first_not_of(" \t\r\n");
    const bool is_json = begin != std::string::npos && (response->body[begin] == '{' || response->body[begin] == '[');
    return response->status == 400 && !is_json;
}

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

    static Coroutine<HttpOutcome> send(std::shared_ptr<Impl> self, PreparedRequest request) {
        Sent earlier = Sent::no;
        for (bool again = false;; again = true) {
            Obtained obtained = co_await self->connections_.obtain(request.deadline, again);
            if (auto* failure = std::get_if<HttpFailure>(&obtained)) {
                HttpOutcome outcome = std::move(*failure);
                co_return self->conclude(std::move(outcome), earlier);
            }
            const Lease lease = std::move(std::get<Lease>(obtained));
            Exchange exchange = co_await lease.connection().exchange(request);
            if (again || !exchange.end.send_again) {
                if (self->doubts(exchange)) co_await explain(self, &exchange, request.deadline);
                co_return self->conclude(std::move(exchange.outcome), earlier);
            }
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

    /// Whether the port may not speak plain HTTP at all, by the end of an exchange with it.
    [[nodiscard]] bool doubts(const Exchange& exchange) {
        if (tls_ || plain_ || context_.settings.proxy) return false;
        const bool odd = looks_like_tls(exchange);
        plain_ = !odd && std::holds_alternative<HttpResponse>(exchange.outcome);
        return odd;
    }
    /// A connection that broke says little; the port itself is asked which of the two it speaks.
    static Coroutine<> explain(std::shared_ptr<Impl> self, Exchange* exchange, TimePoint deadline) {
        if (!self->speaks_tls_ && self->probes_ < probes_max) {
            ++self->probes_;
            const Duration most = std::min(probe_timeout, self->context_.settings.connect_timeout);
            const TimePoint limit = std::min(deadline, self->context_.clock.now() + most);
            self->speaks_tls_ = co_await speaks_tls(&self->context_, limit) || self->speaks_tls_;
        }
        if (!self->speaks_tls_) co_return;
        exchange->outcome =
            wrong_base_url(self->context_.endpoint.display() +
                           " speaks TLS, and the request was plain HTTP; write https:// in llm.base_url");
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
    bool plain_ = false;          ///< the port has answered in plain HTTP
    bool speaks_tls_ = false;     ///< although the endpoint is plain
    int probes_ = 0;
};

Result<std::unique_ptr<HttpClient>> HttpClient::make(async::Executor executor, async::Clock& clock, Endpoint endpoint,
                                                     Settings settings) {
    std::unique_ptr<TlsContext> tls;
    if (endpoint.secure) {
        auto made = TlsContext::make(settings);
        if (!made) return made.error();
        tls = std::move(*made);
    }
    auto impl = std::make_shared<Impl>(executor, clock, std::move(endpoint), std::move(settings), std::move(tls));
    return std::unique_ptr<HttpClient>(new HttpClient(std::move(impl)));
}

HttpClient::HttpClient(std::shared_ptr<Impl> impl) : impl_(std::move(impl)) {}

HttpClient::~HttpClient() { impl_->close(); }

std::shared_ptr<const std::string> HttpClient::prepare(std::string_view method, std::string_view path,
                                                       const std::vector<Header>& headers) const {
    const Endpoint& to = impl_->context().endpoint;
    const auto& proxy = impl_->context().settings.proxy;
    const bool asks_proxy = proxy && !to.secure;
    std::string head = std::string(method) + ' ';
    if (asks_proxy) head += "http://" + to.authority();  // RFC 9112, section 3.2.2
    head += path;
    head += " HTTP/1.1\r\nHost: " + to.authority() + "\r\nAccept-Encoding: identity\r\n";
    if (asks_proxy && !proxy->authorization.empty())
        head += "Proxy-Authorization: " + proxy->authorization.reveal() + "\r\n";
    for (const Header& header : headers) {
        expects(header.value.find_first_of("\r\n") == std::string::npos, "a header's value is one line");
        head += header.name + ": " + header.value + "\r\n";
    }
    return std::make_shared<const std::string>(std::move(head));
}

std::shared_ptr<const std::string> HttpClient::prepare_post(std::string_view path,
                                                            const std::vector<Header>& headers) const {
    return prepare("POST", path, headers);
}

Coroutine<HttpOutcome> HttpClient::post(std::shared_ptr<const std::string> head,
                                        std::shared_ptr<const std::string> body, TimePoint deadline) {
    return Impl::send(impl_, PreparedRequest{std::move(head), std::move(body), deadline});
}

Coroutine<HttpOutcome> HttpClient::get(std::string_view path, TimePoint deadline) {
    return Impl::send(impl_,
                      PreparedRequest{prepare("GET", path, {}), std::make_shared<const std::string>(), deadline});
}

void HttpClient::abort() { impl_->context().aborts.abort(); }

const Stats& HttpClient::stats() const { return impl_->stats(); }

const Endpoint& HttpClient::endpoint() const { return impl_->context().endpoint; }

}  // namespace prelabel::http
