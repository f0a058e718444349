#pragma once

#include <prelabel/async/coroutine.hpp>
#include <prelabel/http/socket.hpp>

#include <algorithm>
#include <array>
#include <cstddef>

#include <boost/asio/buffer.hpp>
#include <boost/asio/redirect_error.hpp>

namespace prelabel::http {

/// What a gather-write sends, in order.
using Pieces = std::array<boost::asio::const_buffer, 3>;

inline void drop_front(Pieces& pieces, std::size_t bytes) {
    for (auto& piece : pieces) {
        const std::size_t taken = std::min(bytes, piece.size());
        piece += taken;
        bytes -= taken;
    }
}

/// Writes as much as the kernel takes at once, without a turn of the loop: for nearly all messages that is all of it.
/// True when all is written or `error` says why not; false when the rest must wait for room.
/// The socket must be non-blocking.
inline bool write_at_once(Socket& socket, Pieces& pieces, boost::system::error_code& error) {
    const std::size_t written = socket.write_some(pieces, error);
    if (error == boost::asio::error::would_block || error == boost::asio::error::try_again) error.clear();
    if (error) return true;
    drop_front(pieces, written);
    return boost::asio::buffer_size(pieces) == 0;
}

/// Writes the pieces that are left. The server's way: a client looks for what the peer says in between.
inline async::Coroutine<boost::system::error_code> write_rest(Socket* socket, Pieces pieces) {
    boost::system::error_code error;
    auto token = boost::asio::redirect_error(async::use_coroutine, error);
    while (!error && boost::asio::buffer_size(pieces) > 0) {
        const std::size_t written = co_await socket->async_write_some(pieces, token);
        drop_front(pieces, written);
    }
    co_return error;
}

}  // namespace prelabel::http
