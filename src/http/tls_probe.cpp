#include "http/tls_probe.hpp"

#include "http/dialer.hpp"
#include "http/watchdog.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <variant>

#include <boost/asio/redirect_error.hpp>

namespace prelabel::http {
namespace {

constexpr std::size_t random_bytes = 32;

/// The shortest ClientHello of TLS 1.2 that a server answers, be it with an alert.   Source: RFC 5246 section 7.4.1.2
constexpr auto hello = [] {
    constexpr std::array<std::uint8_t, 11> head{0x16, 0x03, 0x01, 0x00, 0x2f,         // a record of the handshake
                                                0x01, 0x00, 0x00, 0x2b, 0x03, 0x03};  // ClientHello, TLS 1.2
    constexpr std::array<std::uint8_t, 9> tail{0x00, 0x00, 0x04, 0xc0, 0x2f, 0x00, 0x9c, 0x01, 0x00};  // two ciphers
    std::array<std::uint8_t, head.size() + random_bytes + tail.size()> all{};
    for (std::size_t i = 0; i < head.size(); ++i) all[i] = head[i];
    for (std::size_t i = 0; i < tail.size(); ++i) all[head.size() + random_bytes + i] = tail[i];
    return all;
}();

bool is_tls(const std::array<std::uint8_t, 2>& bytes) {
    constexpr std::uint8_t alert = 0x15;
    constexpr std::uint8_t handshake = 0x16;
    return (bytes[0] == alert || bytes[0] == handshake) && bytes[1] == 0x03;
}

}  // namespace

async::Coroutine<bool> speaks_tls(ConnectionContext* context, TimePoint deadline) {
    auto dialed = co_await dial(context, deadline);
    auto* socket = std::get_if<Socket>(&dialed);
    if (!socket) co_return false;
    const auto close = [socket] {
        boost::system::error_code ignored;
        socket->close(ignored);
    };
    Watchdog watchdog(context->clock, close);
    const AbortList::Entry abort(context->aborts, close);
    watchdog.start(context->clock.now(), deadline, Duration::max());
    boost::system::error_code error;
    auto token = boost::asio::redirect_error(async::use_coroutine, error);
    std::array<std::uint8_t, 2> answer{};
    std::size_t count = co_await socket->async_write_some(boost::asio::buffer(hello), token);
    if (!error && count == hello.size()) count = co_await socket->async_read_some(boost::asio::buffer(answer), token);
    watchdog.stop();
    co_return !error && count == answer.size() && is_tls(answer);
}

}  // namespace prelabel::http
