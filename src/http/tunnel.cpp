#include "http/tunnel.hpp"

#include "http/watchdog.hpp"
#include "http/wording.hpp"

#include <array>
#include <charconv>
#include <string>
#include <string_view>
#include <utility>

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/write.hpp>

namespace prelabel::http {
namespace {

using boost::system::error_code;

constexpr std::size_t head_bytes_max = 16U << 10;

std::string connect_request(const Endpoint& endpoint, const Proxy& proxy) {
    const std::string target = endpoint.display();
    std::string request = "CONNECT " + target + " HTTP/1.1\r\nHost: " + target + "\r\n";
    if (!proxy.authorization.empty()) request += "Proxy-Authorization: " + proxy.authorization.reveal() + "\r\n";
    return request + "\r\n";
}

/// Of "HTTP/1.1 200 Connection established"; 0 for anything else.
int status_of(std::string_view head) {
    int status = 0;
    if (!head.starts_with("HTTP/1.") || head.size() < 12 || head[8] != ' ') return 0;
    const auto [end, error] = std::from_chars(head.data() + 9, head.data() + 12, status);
    return error == std::errc() && end == head.data() + 12 ? status : 0;
}

HttpFailure failed(std::string message) { return {FailureKind::connection, Sent::no, std::move(message)}; }

HttpFailure refused(const Proxy& proxy, const Endpoint& endpoint, int status) {
    HttpFailure failure =
        failed(proxy.display() + " refuses a tunnel to " + endpoint.display() + ": HTTP " + std::to_string(status));
    failure.proxy_status = status;
    return failure;
}

std::optional<HttpFailure> judged(const Proxy& proxy, const Endpoint& endpoint, std::string_view answer) {
    const std::size_t end = answer.find("\r\n\r\n");
    const int status = status_of(answer);
    if (status == 0) return failed("what " + proxy.display() + " sent is not an HTTP response: is it an HTTP proxy?");
    if (end == std::string_view::npos) return failed(proxy.display() + " sends a response header without an end");
    if (status < 200 || status > 299) return refused(proxy, endpoint, status);
    if (end + 4 != answer.size()) return failed(proxy.display() + " sends data before the tunnel was used");
    return std::nullopt;
}

}  // namespace

async::Coroutine<std::optional<HttpFailure>> open_tunnel(ConnectionContext* context, Socket* socket,
                                                         TimePoint deadline) {
    const Endpoint& endpoint = context->endpoint;
    const Proxy& proxy = *context->settings.proxy;
    const auto close = [socket] {
        error_code ignored;
        socket->close(ignored);
    };
    Watchdog watchdog(context->clock, close);
    const AbortList::Entry abort(context->aborts, close);
    watchdog.start(context->clock.now(), deadline, Duration::max());
    error_code error;
    auto token = boost::asio::redirect_error(async::use_coroutine, error);
    const std::string request = connect_request(endpoint, proxy);
    const auto buffer = boost::asio::buffer(request);
    static_cast<void>(co_await boost::asio::async_write(*socket, buffer, token));
    std::string answer;
    while (!error && answer.size() < head_bytes_max && answer.find("\r\n\r\n") == std::string::npos) {
        std::array<char, 2048> bytes{};
        const auto room = boost::asio::buffer(bytes);
        const std::size_t count = co_await socket->async_read_some(room, token);
        answer.append(bytes.data(), count);
    }
    watchdog.stop();
    std::optional<HttpFailure> failure;
    if (context->aborts.aborted()) {
        failure = failed(std::string(abort_message));
    } else if (watchdog.expired() != Watchdog::Expired::no) {
        failure = failed("no tunnel to " + endpoint.display() + " from " + proxy.display() +
                         " in time (llm.timeout.connect)");
        failure->kind = FailureKind::timed_out;
    } else if (error) {
        failure = failed(proxy.display() + " gave no answer to a request for a tunnel to " + endpoint.display() + ": " +
                         reason(error));
    } else {
        failure = judged(proxy, endpoint, answer);
    }
    co_return failure;
}

}  // namespace prelabel::http
