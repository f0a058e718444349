#pragma once

#include <prelabel/async/clock.hpp>
#include <prelabel/async/coroutine.hpp>
#include <prelabel/base/result.hpp>
#include <prelabel/http/base_url.hpp>
#include <prelabel/http/header.hpp>
#include <prelabel/http/http_outcome.hpp>
#include <prelabel/http/settings.hpp>
#include <prelabel/http/stats.hpp>

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace prelabel::http {

/// HTTP/1.1 calls to one endpoint over kept connections, the most recently used first.
///
/// A kept connection that received data while it was idle is closed. A call whose kept connection was dead, or carried
/// another request's response, is sent again at once over a new one, and counted: exchange_end.hpp.
/// Redirects are not followed. The name is looked up for all connections together, and again after some seconds.
/// If this machine has no room for another connection, a call waits for one of the others, until its deadline.
/// Bound:    one connection per call in progress, up to the limit of open files; `idle_connections_max` kept.
///           A call holds at most a header and, while it grows, three times a body of their limits.
/// Lifetime: the clock outlives it; calls in progress may outlive it.   Threads: confined to the loop.
/// Errors:   a call never throws; no response is an HttpFailure.
/// Cost:     about 12 µs per call on a kept connection, 13 to 19 µs more with TLS.
/// Source:   RFC 9110, RFC 9112.
class HttpClient {
public:
    static constexpr std::size_t idle_connections_max = 8'192;

    /// Errors: Fault::config if `settings.ca_file` cannot be used.
    [[nodiscard]] static Result<std::unique_ptr<HttpClient>> make(async::Executor executor, async::Clock& clock,
                                                                  Endpoint endpoint, Settings settings);
    ~HttpClient();

    /// The bytes that every POST to `path` starts with, made once. Bound: the values hold no line breaks.
    [[nodiscard]] std::shared_ptr<const std::string> prepare_post(std::string_view path,
                                                                  const std::vector<Header>& headers) const;
    /// Completes by `deadline`, by the connect time-out, or, after a response has begun, by the idle time-out.
    [[nodiscard]] async::Coroutine<HttpOutcome> post(std::shared_ptr<const std::string> head,
                                                     std::shared_ptr<const std::string> body, TimePoint deadline);
    /// The same without a body.
    [[nodiscard]] async::Coroutine<HttpOutcome> get(std::string_view path, TimePoint deadline);

    /// Ends every call in progress, and every later one, at once.
    void abort();

    [[nodiscard]] const Stats& stats() const;
    [[nodiscard]] const Endpoint& endpoint() const;

private:
    class Impl;
    explicit HttpClient(std::shared_ptr<Impl> impl);
    [[nodiscard]] std::shared_ptr<const std::string> prepare(std::string_view method, std::string_view path,
                                                             const std::vector<Header>& headers) const;

    std::shared_ptr<Impl> impl_;
};

}  // namespace prelabel::http
