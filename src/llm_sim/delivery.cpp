#include "llm_sim/delivery.hpp"

#include <prelabel/async/coroutine.hpp>

#include <array>
#include <string_view>

#include <boost/asio/buffer.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/write.hpp>

namespace prelabel::llm_sim {
namespace {

using async::Coroutine;
using boost::asio::redirect_error;
using boost::system::error_code;
using http::Socket;

constexpr std::size_t drip_bytes = 8;

/// True when all is written.
Coroutine<bool> write(Socket* socket, std::string_view first, std::string_view second) {
    const std::array pieces{boost::asio::buffer(first), boost::asio::buffer(second)};
    error_code error;
    auto token = redirect_error(async::use_coroutine, error);
    static_cast<void>(co_await boost::asio::async_write(*socket, pieces, token));
    co_return !error;
}

Coroutine<bool> reset(Socket* socket, std::string_view, std::string_view) {
    error_code ignored;  // the peer may be gone
    socket->set_option(boost::asio::socket_base::linger(true, 0), ignored);
    socket->close(ignored);
    co_return false;
}

Coroutine<bool> hang(Socket* socket, std::string_view, std::string_view) {
    std::array<char, 512> unread{};
    const auto buffer = boost::asio::buffer(unread);
    error_code error;
    auto token = redirect_error(async::use_coroutine, error);
    while (!error) static_cast<void>(co_await socket->async_read_some(buffer, token));
    co_return false;
}

Coroutine<bool> truncate(Socket* socket, std::string_view head, std::string_view body) {
    static_cast<void>(co_await write(socket, head, body.substr(0, body.size() / 2)));
    co_return false;
}

Coroutine<bool> drip(async::Clock* clock, Duration interval, Socket* socket, std::string_view head,
                     std::string_view body) {
    bool sent = co_await write(socket, head, {});
    while (sent && !body.empty()) {
        const TimePoint until = clock->now() + interval;
        co_await async::sleep_until(*clock, until);
        const std::string_view drop = body.substr(0, drip_bytes);
        sent = co_await write(socket, drop, {});
        body.remove_prefix(drop.size());
    }
    co_return sent;
}

}  // namespace

Delivery delivery_of(FaultKind fault) {
    switch (fault) {
        case FaultKind::reset:
            return Delivery::reset;
        case FaultKind::hang:
            return Delivery::hang;
        case FaultKind::drip:
            return Delivery::drip;
        case FaultKind::truncated:
            return Delivery::truncated;
        default:
            return Delivery::normal;
    }
}

http::Sender sender_for(Delivery delivery, async::Clock& clock, Duration drip_interval) {
    switch (delivery) {
        case Delivery::normal:
            break;
        case Delivery::reset:
            return reset;
        case Delivery::hang:
            return hang;
        case Delivery::truncated:
            return truncate;
        case Delivery::drip:
            return [&clock, drip_interval](Socket* socket, std::string_view head, std::string_view body) {
                return drip(&clock, drip_interval, socket, head, body);
            };
    }
    return {};
}

}  // namespace prelabel::llm_sim
